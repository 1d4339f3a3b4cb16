import { expect, onTestFinished, test } from 'vitest'
import { composeUp } from './container-under-test.ts'

const start = async (...parameters: Parameters<typeof composeUp>) => {
  const container = await composeUp(...parameters)
  onTestFinished(container.down)
  return container
}

test('production without its variables ends, and names each of them', async () => {
  const container = await start('prod')
  for (const name of ['MONGO_URL', 'JWT_SECRET', 'ENCRYPTION_KEY'])
    await expect.poll(container.logs, { timeout: 30_000 }).toContain(`${name} is required when NODE_ENV is production`)
  await expect.poll(() => container.inspect('.State.ExitCode'), { timeout: 30_000 }).toBe(1)
  await expect(container.request('GET /')).rejects.toThrow()
})

test('a wrong configuration ends with a message that names the variables and holds no value', async () => {
  const values = { JWT_SECRET: 'much-too-short', ENCRYPTION_KEY: 'not-a-key', SMTP_PORT: 'eleven', TRUST_PROXY: 'everyone' }
  const container = await start('dev', values)
  for (const name of Object.keys(values))
    await expect.poll(container.logs, { timeout: 30_000 }).toMatch(new RegExp(`"msg":" {2}- ${name} `))
  for (const value of Object.values(values)) expect(await container.logs()).not.toContain(value)
})

test('a backend that cannot be kept up ends the container, and Docker starts it again', async () => {
  const container = await start('prod', {
    MONGO_URL: 'mongodb://127.0.0.1:1',
    JWT_SECRET: 'plover-window-'.repeat(4),
    ENCRYPTION_KEY: '0123456789abcdef'.repeat(4),
  })
  await expect.poll(() => container.inspect<number>('.RestartCount'), { timeout: 150_000, interval: 1_000 }).toBeGreaterThan(0)
  expect(await container.logs()).toMatch(/"level":"fatal",[^\n]*"program":"backend","msg":"fatal"/)
})
