import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readConfig, variableNames } from '../../shared/node/config.ts'

/** What the compose files and the image decide. */
const ofTheContainer = ['NODE_ENV', 'PORT', 'DATA_DIR']

const makeEnv = (environment: string, variables: Record<string, string>) =>
  execFileSync(join(import.meta.dirname, 'make-env.sh'), [environment], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], ...variables },
  })
const linesOf = (file: string): Record<string, string> =>
  Object.fromEntries(
    file
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split(/=(.*)/s).slice(0, 2)),
  )

describe('make-env', () => {
  it('knows every variable that the product reads, but for what the container decides', () => {
    const all = Object.fromEntries(variableNames.map((name) => [`${name}_PROD`, `value of ${name}`]))
    expect(Object.keys(linesOf(makeEnv('production', all))).toSorted()).toEqual(
      variableNames.filter((name) => !ofTheContainer.includes(name)).toSorted(),
    )
  })

  it('writes plain values as they are, and leaves out what is not set', () => {
    const url = 'mongodb+srv://app:p%40ss@cluster.example/?retryWrites=true&w=majority'
    expect(makeEnv('production', { MONGO_URL_PROD: url, APP_NAME: 'JobTalk Admin', SMTP_HOST: '' })).toBe(
      `MONGO_URL=${url}\nAPP_NAME=JobTalk Admin\n`,
    )
  })

  it('takes no secret of the other environment, and none without an environment', () => {
    const variables = {
      MONGO_URL: 'a',
      MONGO_URL_DEV: 'b',
      JWT_SECRET: 'c',
      ADMIN_PASSWORD: 'd',
      SMTP_PASSWORD: 'e',
      SMTP_PASSWORD_PROD: 'f',
    }
    expect(makeEnv('production', variables)).toBe('SMTP_PASSWORD=f\n')
    expect(makeEnv('development', variables)).toBe('MONGO_URL=b\nSMTP_PASSWORD=e\n')
  })

  it('writes any text so that one line holds it and the product reads it back', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme', minLength: 1 }).filter((value) => !value.includes('\0') && value.isWellFormed()),
      fc.constantFrom('$HOME', `$\{X}`, "'q'", '"q"', 'a #b', ' a', 'a ', 'a\nb\n', '\\n', '`id`', '#', '=', '%(x)s', 'é'),
    )
    fc.assert(
      fc.property(text, (value) => {
        const file = makeEnv('development', { APP_NAME_DEV: value })
        expect(file).toMatch(/^APP_NAME=[\x20-\x7e]*\n$/)
        expect(file).not.toMatch(/[$'"\\#`]/)
        expect(
          readConfig({ DATA_DIR: '/tmp', JWT_SECRET: 'j'.repeat(32), ENCRYPTION_KEY: 'e'.repeat(32), ...linesOf(file) }).APP_NAME,
        ).toBe(value)
      }),
      { numRuns: 50 },
    )
  })

  it.each(['.env.production.example', '.env.dev.example'])('explains in %s every variable that it writes', (name) => {
    const example = readFileSync(name, 'utf8')
    for (const variable of variableNames.filter((each) => !ofTheContainer.includes(each)))
      expect(example).toMatch(new RegExp(`^(# )?${variable}=`, 'm'))
  })
})
