import { statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { startStage } from './stage-under-test.ts'

it('makes a first deployment healthy on 8080 with the times of production, and says which version runs', async () => {
  const stage = await startStage({ v1: [] })
  const startedAt = performance.now()
  const { code, output } = await stage.deploy('v1', { HEALTH_WAIT_SECONDS: '', HEALTH_INTERVAL_SECONDS: '' })
  expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('Now running in development: v1') })
  expect(performance.now() - startedAt).toBeGreaterThan(10_000)
  expect(await stage.answering()).toBe('v1')
})

it('keeps the env file for its user alone, and leaves no credential of the registry behind', async () => {
  const stage = await startStage({ v1: [] })
  expect(await stage.deploy('v1')).toMatchObject({ code: 0 })
  const envFile = join(stage.server.directory, 'development/current/app.env')
  expect(statSync(envFile).mode & 0o777).toBe(0o600)
  expect(statSync(envFile).uid).not.toBe(0)
  const kept = stage.server.files()
  expect(kept).toContain('app.env')
  expect(kept).not.toMatch(/config\.json|password|incoming|tmp\.\w+/)
})

it('sends the second deployment its own env file, and replaces the running version', async () => {
  const stage = await startStage({ v1: [], v2: [] })
  await stage.deploy('v1', { APP_NAME: 'One' })
  const { code, output } = await stage.deploy('v2', { APP_NAME: 'Two' })
  expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('Now running in development: v2') })
  expect(await stage.answering()).toBe('v2')
  expect(stage.server.run(`cat ${stage.server.directory}/development/current/app.env`)).toMatch(/^APP_NAME=Two$/m)
})

it('brings back exactly the older image when the job of an older deployment runs again', async () => {
  const stage = await startStage({ v1: [], v2: [] })
  await stage.deploy('v1')
  await stage.deploy('v2')
  expect(await stage.deploy('v1')).toMatchObject({ code: 0 })
  expect(await stage.answering()).toBe('v1')
})

it('keeps the images of the last five deployments', async () => {
  const names = ['v1', 'v2', 'v3', 'v4', 'v5', 'v6', 'v7']
  const stage = await startStage(Object.fromEntries(names.map((name) => [name, []])))
  for (const name of names) expect(await stage.deploy(name)).toMatchObject({ code: 0 })
  expect(stage.versionsOnServer()).toEqual(['v3', 'v4', 'v5', 'v6', 'v7'])
})
