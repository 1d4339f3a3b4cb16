import { expect, it } from 'vitest'
import { startStage } from './stage-under-test.ts'

it('stops before anything is sent when the host key of the server changed', async () => {
  const stage = await startStage({ v1: [], v2: [] })
  await stage.deploy('v1')
  await stage.server.sshd.changeHostKey()
  const before = stage.server.sshd.readLog().length
  const { code, output } = await stage.deploy('v2')
  expect(code).not.toBe(0)
  expect(output).toContain('Host key verification failed')
  expect(stage.server.sshd.readLog().slice(before)).not.toMatch(/Accepted|userauth/)
  expect(await stage.answering()).toBe('v1')
})

it('refuses to deploy without the host key, and names the command that shows it', async () => {
  const stage = await startStage({})
  const { code, output } = await stage.deployByHand('v1', { LINODE_SSH_KNOWN_HOSTS: '' })
  expect(code).toBe(1)
  const command = output.match(/ssh-keyscan .*/)?.[0] ?? ''
  expect(stage.server.scanWith(command)).toBe(stage.server.variables.LINODE_SSH_KNOWN_HOSTS)
  expect(stage.server.sshd.readLog()).not.toContain('Accepted')
})
