import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConfigError, decodeKey, readConfig } from './config.ts'

let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'config-'))
})
afterEach(() => rmSync(dataDir, { recursive: true }))

const problemsOf = (env: Record<string, string>): readonly string[] => {
  try {
    readConfig({ DATA_DIR: dataDir, ...env })
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

const production = {
  NODE_ENV: 'production',
  MONGO_URL: 'mongodb://db.example/x',
  JWT_SECRET: 'j'.repeat(32),
  ENCRYPTION_KEY: '0'.repeat(64),
}

describe('readConfig', () => {
  it('lists all problems at once, by name and without a value', () => {
    const problems = problemsOf({ PORT: 'eighty', JWT_SECRET: 'hunter2', ENCRYPTION_KEY: 'hunter3', LOG_LEVEL: 'loud', TRUST_PROXY: 'me' })
    for (const name of ['PORT', 'JWT_SECRET', 'ENCRYPTION_KEY', 'LOG_LEVEL', 'TRUST_PROXY'])
      expect(problems.filter((problem) => problem.startsWith(`${name} `))).toHaveLength(1)
    expect(problems.join()).not.toMatch(/hunter|eighty|loud/)
  })

  it.each(['MONGO_URL', 'JWT_SECRET', 'ENCRYPTION_KEY'])('refuses production without %s', (name) => {
    expect(problemsOf({ ...production, [name]: '' })).toEqual([`${name} is required when NODE_ENV is production`])
  })

  it('refuses the values of the example files', () => {
    const problems = problemsOf({
      ...production,
      JWT_SECRET: 'CHANGE_ME_to_something_of_32_characters',
      MONGO_URL: 'mongodb://u:change-me@h/',
    })
    expect(problems).toEqual([expect.stringMatching(/^MONGO_URL still holds/), expect.stringMatching(/^JWT_SECRET still holds/)])
  })

  it('reads any text from base64', () => {
    const text = ` $HOME \${x} 'single' "double" # \\ é\nsecond line\n`
    const config = readConfig({ DATA_DIR: dataDir, APP_NAME: `base64:${Buffer.from(text).toString('base64')}` })
    expect(config.APP_NAME).toBe(text)
  })

  it.each(['base64:####', 'base64:YQ', 'base64:/w=='])('names a variable that holds no base64 of text: %s', (MONGO_URL) => {
    expect(problemsOf({ ...production, MONGO_URL })).toEqual([expect.stringMatching(/^MONGO_URL must be the base64/)])
  })

  it('accepts production with its three secrets', () => {
    expect(readConfig({ DATA_DIR: dataDir, ...production })).toMatchObject({ production: true, DB_NAME: 'recruitment_admin', PORT: 8080 })
  })

  it('makes missing secrets once, readable by the owner alone', () => {
    const first = readConfig({ DATA_DIR: dataDir })
    const second = readConfig({ DATA_DIR: dataDir })
    expect(first.ENCRYPTION_KEY).toHaveLength(32)
    expect(second.ENCRYPTION_KEY).toEqual(first.ENCRYPTION_KEY)
    expect(second.JWT_SECRET).toBe(first.JWT_SECRET)
    for (const name of ['jwt-secret', 'encryption-key']) expect(statSync(join(dataDir, name)).mode & 0o777).toBe(0o600)
  })

  it('refuses a kept secret that is damaged, by its path and without its value', () => {
    writeFileSync(join(dataDir, 'encryption-key'), 'abc123')
    expect(problemsOf({})).toEqual([`${join(dataDir, 'encryption-key')} does not hold the 64 hex digits that were written to it`])
  })

  it.each([
    'https://admin.example/',
    'https://admin.example/ui',
    'https://admin.example:443',
    'HTTPS://admin.example',
    'ftp://x',
    '*',
    'null',
  ])('refuses %s as an origin, which no browser sends', (origin) => {
    expect(problemsOf({ CORS_ORIGINS: `https://a.example,${origin}` })).toEqual([expect.stringMatching(/^CORS_ORIGINS must list origins/)])
    expect(readConfig({ DATA_DIR: dataDir, CORS_ORIGINS: 'https://a.example, http://localhost:5173' }).CORS_ORIGINS).toEqual([
      'https://a.example',
      'http://localhost:5173',
    ])
  })

  it('trusts only the proxies that TRUST_PROXY names', () => {
    const { TRUST_PROXY } = readConfig({ DATA_DIR: dataDir, TRUST_PROXY: 'loopback, 10.1.0.0/16' })
    expect(TRUST_PROXY.include('127.0.0.1')).toBe(true)
    expect(TRUST_PROXY.include('10.1.2.3')).toBe(true)
    expect(TRUST_PROXY.include('10.2.0.1')).toBe(false)
    expect(readConfig({ DATA_DIR: dataDir }).TRUST_PROXY.include('127.0.0.1')).toBe(false)
  })

  it('knows a proxy of IPv6, and one of IPv4 that comes over IPv6', () => {
    const { TRUST_PROXY } = readConfig({ DATA_DIR: dataDir, TRUST_PROXY: '192.0.2.1,fd00::/8' })
    expect(['fd12::1', '192.0.2.1', '::ffff:192.0.2.1', '192.0.2.2', 'fe80::1', ''].filter(TRUST_PROXY.include)).toEqual([
      'fd12::1',
      '192.0.2.1',
      '::ffff:192.0.2.1',
    ])
  })

  it.each(['10.0.0.0/', '10.0.0.0/33', '10.0.0.0/0x8', '10.0.0.0/8/9', '10.0.0.0/ 8', '::/129', '10.0.0', '010.0.0.1', 'fe80::1%eth0'])(
    'refuses %s as a proxy, which nginx would refuse or read otherwise',
    (proxy) => {
      expect(problemsOf({ TRUST_PROXY: `127.0.0.1,${proxy}` })).toEqual([expect.stringMatching(/^TRUST_PROXY must list addresses/)])
    },
  )

  it('collects every secret for the log to scrub', () => {
    const { secrets } = readConfig({
      DATA_DIR: dataDir,
      ...production,
      MONGO_URL: 'mongodb://user:pa55word@h/x',
      ADMIN_PASSWORD: 'first admin pass',
    })
    expect(secrets).toEqual(expect.arrayContaining(['pa55word', 'first admin pass', production.JWT_SECRET, production.ENCRYPTION_KEY]))
  })
})

describe('decodeKey', () => {
  it.each([
    ['hex', 'ab'.repeat(32)],
    ['base64', Buffer.alloc(32, 7).toString('base64')],
    ['32 characters', 'x'.repeat(32)],
  ])('reads 32 bytes of %s', (_, text) => expect(decodeKey(text)).toHaveLength(32))

  it.each(['', 'short', 'é'.repeat(32), 'ab'.repeat(31)])('refuses %s', (text) => expect(decodeKey(text)).toBeNull())
})
