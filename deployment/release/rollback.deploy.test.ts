import { expect, it } from 'vitest'
import { startStage } from './stage-under-test.ts'

it('lists what can be gone back to, and goes back two versions', async () => {
  const stage = await startStage({ 'v1-aaaa': [], 'v2-bbbb': [], 'v3-cccc': [] })
  for (const version of ['v1-aaaa', 'v2-bbbb', 'v3-cccc']) await stage.deploy(version, { APP_NAME: version })

  const { output: list } = await stage.rollback()
  expect(list.trim().split('\n')).toEqual([
    expect.stringMatching(/^v3-cccc {2}deployed \d{8}T\d{6}Z {2}running$/),
    expect.stringMatching(/^v2-bbbb {2}deployed \d{8}T\d{6}Z$/),
    expect.stringMatching(/^v1-aaaa {2}deployed \d{8}T\d{6}Z$/),
  ])

  const { code, output } = await stage.rollback('v1')
  expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('Now running in development: v1-aaaa') })
  expect(await stage.answering()).toBe('v1-aaaa')
  expect(stage.server.run(`cat ${stage.server.directory}/development/current/app.env`)).toMatch(/^APP_NAME=v1-aaaa$/m)

  expect(await stage.rollback('v3-cccc')).toMatchObject({ code: 0 })
  expect(await stage.answering()).toBe('v3-cccc')
})

it('goes back to the exact image, even when its tag was pushed again since', async () => {
  const stage = await startStage({ v1: [], v2: [] })
  await stage.deploy('v1')
  await stage.deploy('v2')
  stage.moveTag('v1', 'v2')
  expect(await stage.rollback('v1')).toMatchObject({ code: 0 })
  expect(await stage.answering()).toBe('v1')
})

it('stays with what runs when there is no such version', async () => {
  const stage = await startStage({ v1: [] })
  await stage.deploy('v1')
  expect(await stage.rollback('v7')).toEqual({
    code: 1,
    output: expect.stringContaining('There is no version v7 to go back to in development.'),
  })
  expect(await stage.answering()).toBe('v1')
})
