import { expect, it } from 'vitest'
import { secrets, startStage } from './stage-under-test.ts'

const broken = ['ENTRYPOINT ["sh", "-c", "seq 1001 1060; exit 1"]']

it('takes back an image that does not get healthy: the old version answers, with its own env file', async () => {
  const stage = await startStage({ v1: [], broken })
  await stage.deploy('v1', { APP_NAME: 'Works' })
  const { code, output } = await stage.deploy('broken', { APP_NAME: 'Fails' })
  expect(code).toBe(1)
  expect(output).toContain('Not healthy after 30 checks')
  expect(output.match(/\b10\d\d\b/g)).toHaveLength(50)
  expect(output).toContain('Rolled back. Now running in development: v1')
  expect(await stage.answering()).toBe('v1')
  expect(stage.server.run(`cat ${stage.server.directory}/development/current/app.env`)).toMatch(/^APP_NAME=Works$/m)
  expect(stage.versionsOnServer()).toEqual(['v1'])
})

it('takes back an env file with which the same image does not start', async () => {
  const stage = await startStage({ v1: [] })
  await stage.deploy('v1')
  const { code, output } = await stage.deploy('v1', { SESSION_DAYS: 'many' })
  expect(code).toBe(1)
  expect(output).toContain('SESSION_DAYS must be a whole number')
  expect(output).toContain('Rolled back. Now running in development: v1')
  expect(await stage.answering()).toBe('v1')
  expect(stage.versionsOnServer()).toEqual(['v1'])
})

it('says that nothing runs when the first deployment of all fails', async () => {
  const stage = await startStage({ v1: [], broken })
  const { code, output } = await stage.deploy('broken')
  expect({ code, output }).toEqual({
    code: 1,
    output: expect.stringContaining('There is no version before it to go back to: nothing runs'),
  })
  await expect(stage.answering()).rejects.toThrow('fetch failed')
  expect(await stage.deploy('v1')).toMatchObject({ code: 0 })
})

it('changes nothing when the image cannot be pulled', async () => {
  const stage = await startStage({ v1: [] })
  await stage.deploy('v1')
  const missing = await stage.deploy('v9')
  expect(missing).toEqual({ code: 1, output: expect.stringContaining('Nothing was changed; in development runs v1.') })
  const refused = await stage.deploy('v9', { CI_REGISTRY_PASSWORD: 'wrong' })
  expect(refused).toEqual({ code: 1, output: expect.stringContaining('Nothing was changed; in development runs v1.') })
  expect(stage.server.files()).not.toMatch(/config\.json|password|incoming/)
  expect(await stage.answering()).toBe('v1')
})

it('refuses a production without its secrets before anything is sent', async () => {
  const stage = await startStage({})
  const { JWT_SECRET_DEV, ENCRYPTION_KEY_DEV } = secrets
  const { deployProduction } = stage
  const { code, output } = await deployProduction('v1', { JWT_SECRET_PROD: JWT_SECRET_DEV, ENCRYPTION_KEY_PROD: ENCRYPTION_KEY_DEV })
  expect({ code, output }).toEqual({ code: 1, output: expect.stringContaining('MONGO_URL_PROD is missing') })
  expect(stage.server.sshd.readLog()).not.toContain('Accepted')
})
