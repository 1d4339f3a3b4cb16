import { expect, test } from 'vitest'
import { functionNames } from '../../functions/router.ts'
import { makeDataDir, runProgram, startService } from '../testing/service-under-test.ts'

const ADMIN_PASSWORD = 'gannet-3-orchard'
const programs = ['deployment/node/node.ts', 'deployment/node/fn.ts', 'deployment/demo/demo.ts', 'deployment/bench/bench.ts']

test.each(programs)('%s --help says how to use it, touches nothing and ends with 0', async (program) => {
  const { code, stdout, stderr } = await runProgram(program, { args: ['--help'], env: { DATA_DIR: '/dev/null/nowhere' } })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/npm (start|run)/)
})

test.each([
  ['an unknown function', ['probe', 'porbe'], /Unknown function: porbe\n/],
  ['no function', [], /npm run fn/],
])('fn with %s ends with 2 and lists the functions', async (_case, args, message) => {
  const { code, stdout, stderr } = await runProgram('deployment/node/fn.ts', { args })
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(message)
  for (const name of functionNames) expect(stderr).toContain(name)
})

test.each(programs)('%s refuses an option that it does not know, says which, and how to use it', async (program) => {
  const { code, stdout, stderr } = await runProgram(program, { args: ['--prot', '1'], env: { DATA_DIR: '/dev/null/nowhere' } })
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(/^Unknown option '--prot'/)
  expect(stderr).toMatch(/npm (start|run)/)
  expect(stderr).not.toMatch(/^\s+at /m)
})

test.each([
  ['--seconds', 'ten', 2, /^--seconds must be a whole number/],
  ['--port', 'eighty', 1, /PORT must be a whole number/],
])('the demo with %s %s ends with %d and says what is wrong', async (option, value, code, message) => {
  const ended = await runProgram('deployment/demo/demo.ts', { args: [option, value] })
  expect(ended).toMatchObject({ code, stdout: '' })
  expect(ended.stderr).toMatch(message)
  expect(ended.stderr).not.toMatch(/^\s+at /m)
})

test('production without its variables ends with 1, names each of them, and no value', async () => {
  const env = { NODE_ENV: 'production', PORT: 'eighty-eighty', ADMIN_PASSWORD: 'tooshort', DATA_DIR: '/dev/null/nowhere' }
  const { code, stdout, stderr } = await runProgram('deployment/node/node.ts', { env })
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  for (const name of ['MONGO_URL', 'JWT_SECRET', 'ENCRYPTION_KEY', 'PORT', 'ADMIN_PASSWORD']) expect(stderr).toContain(name)
  for (const value of ['eighty-eighty', 'tooshort']) expect(stderr).not.toContain(value)
})

test('a port that is taken, and a data directory that cannot be made, end the start with 1 and say so', async () => {
  const DATA_DIR = makeDataDir()
  await using service = await startService({ env: { DATA_DIR, ADMIN_PASSWORD } })
  const taken = await runProgram('deployment/node/node.ts', {
    env: { DATA_DIR: makeDataDir(), ADMIN_PASSWORD, PORT: String(service.port) },
  })
  expect(taken.code).toBe(1)
  expect(taken.stdout).toMatch(/"msg":"could not start: [^"]*EADDRINUSE/)
  const demo = await runProgram('deployment/demo/demo.ts', { args: ['--port', String(service.port)] })
  expect(demo).toMatchObject({ code: 1, stdout: '' })
  expect(demo.stderr).toMatch(/^The demo could not start: [^\n]*EADDRINUSE[^\n]*\n$/)
  const nowhere = await runProgram('deployment/node/node.ts', { env: { DATA_DIR: '/dev/null/nowhere', ADMIN_PASSWORD } })
  expect(nowhere.code).toBe(1)
  expect(nowhere.stderr + nowhere.stdout).toContain('/dev/null/nowhere')
})

test('fn serves the named function alone: same URLs, same guards, its own document', async () => {
  const env = { DATA_DIR: makeDataDir(), ADMIN_PASSWORD }
  await using all = await startService({ env })
  const body = { name: 'prober', scopes: ['probe:run'], expiresAt: new Date(Date.now() + 600_000).toISOString() }
  const { token } = await all.read<{ token: string }>('POST /api/tokens', { as: await all.logIn(ADMIN_PASSWORD), body })
  await all.stop()

  const script = 'deployment/node/fn.ts'
  await using alone = await startService({ script, args: ['probe', '--port', '0'], env: { ...env, PORT: '1' } })
  const db = { host: '127.0.0.1', port: 1, name: 'acme', username: 'reader', password: 'reader-secret' }
  const probe = (as?: string) => alone.request('POST /api/probe', { ...(as && { as }), body: { db } })
  expect((await probe()).status).toBe(401)
  expect((await probe(`${token}x`)).status).toBe(401)
  expect(await (await probe(token)).json()).toMatchObject({ ok: false, reason: 'refused', stage: 'db-connect' })
  expect((await alone.request('GET /api/probe/nobody/logs', { as: token })).status).toBe(403)
  for (const route of ['GET /api/partners', 'POST /api/login', 'GET /health', 'GET /api/dashboard'])
    expect((await alone.request(route, { as: token })).status, route).toBe(404)
  const { paths } = await alone.read<{ paths: object }>('GET /api/openapi.json')
  expect(Object.keys(paths).filter((path) => !path.startsWith('/api/probe'))).toEqual([])
  expect((await alone.request('GET /api/docs')).status).toBe(200)
  expect((await alone.stop()).code).toBe(0)
})
