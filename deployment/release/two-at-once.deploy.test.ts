import { once } from 'node:events'
import { expect, it } from 'vitest'
import { startStage } from './stage-under-test.ts'

/** Resolves as soon as a job has printed this. */
const printed = async (job: ReturnType<Awaited<ReturnType<typeof startStage>>['startDeploy']>, text: string) => {
  while (!job.result.output.includes(text)) await once(job.child.stdout, 'data', { signal: AbortSignal.timeout(60_000) })
}

it('lets a second deployment wait for the first, so that the two do not mix', async () => {
  const stage = await startStage({ v1: [], v2: [] })
  const first = stage.startDeploy('v1')
  await printed(first, 'Login Succeeded')
  const second = stage.startDeploy('v2')
  expect(await first.ended).toEqual({ code: 0, output: expect.stringContaining('Now running in development: v1') })
  const { code, output } = await second.ended
  expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('Now running in development: v2') })
  expect(output).toContain('Another deployment is at work on this server: waiting for it.')
  expect(await stage.answering()).toBe('v2')
})

it('goes on to its end on the server when the connection is lost', async () => {
  const stage = await startStage({ v1: [], v2: [] })
  await stage.deploy('v1')
  const lost = stage.startDeploy('v2')
  await printed(lost, 'Login Succeeded')
  lost.kill()
  await lost.ended
  // The next one waits for the lost one, and finds what it left.
  const { output } = await stage.deploy('v9')
  expect(output).toContain('in development runs v2.')
  expect(await stage.answering()).toBe('v2')
})
