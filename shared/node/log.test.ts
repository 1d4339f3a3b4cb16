import { expect, test } from 'vitest'
import { createLog } from './log.ts'

const openLog = (secrets: string[] = []) => {
  const lines: string[] = []
  return { log: createLog({ level: 'debug', secrets, destination: { write: (line) => lines.push(line) } }), lines }
}

const names = ['password', 'privateKey', 'passphrase', 'secret', 'token', 'accessToken', 'authorization', 'cookie', 'routingKey']

test.each(names)('redacts a field named %s, three levels deep, in lists and in what a child logger carries', (name) => {
  const { log, lines } = openLog()
  const fields = { [name]: 'hunter2', partner: { [name]: 'hunter2', db: { [name]: 'hunter2' } }, rows: [{ [name]: 'hunter2' }] }
  log.info(fields, 'saved')
  log.child({ request: { [name]: 'hunter2' } }).info('saved')
  expect(lines).toHaveLength(2)
  expect(lines.join()).not.toContain('hunter2')
  expect(lines.join().match(/\[redacted\]/g)).toHaveLength(5)
})

test('leaves the values that are logged as they are', () => {
  const { log } = openLog()
  const fields = { password: 'hunter2', db: { password: 'hunter2' } }
  log.info(fields)
  expect(fields).toEqual({ password: 'hunter2', db: { password: 'hunter2' } })
})

test('removes a known secret from messages, stacks, causes and objects of any depth', () => {
  const { log, lines } = openLog(['s3cret-value'])
  const error = new Error('connect mysql://root:s3cret-value@db', { cause: new Error('denied for s3cret-value') })
  log.error({ err: error, deep: { er: { and: { deeper: ['x s3cret-value y'] } } } }, 'failed with s3cret-value')
  log.child({ url: 'https://s3cret-value' }).warn('careful')
  expect(lines.join()).not.toContain('s3cret-value')
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    msg: 'failed with [redacted]',
    err: { message: expect.stringContaining('connect mysql://root:[redacted]@db') },
  })
})

test.each(['quote"inside', 'back\\slash', 'line\nbreak', 'ünïcödé ✓', '$& and $1'])(
  'removes the known secret %o and leaves valid JSON',
  (secret) => {
    const { log, lines } = openLog([secret])
    log.info({ field: `before ${secret} after` }, secret)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ field: 'before [redacted] after', msg: '[redacted]' })
  },
)

test('removes the whole of a secret that holds another one', () => {
  const { log, lines } = openLog(['inner-part', 'outer-inner-part-outer'])
  log.info('the secret is outer-inner-part-outer')
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ msg: 'the secret is [redacted]' })
})

test('writes one line of JSON with the level by name and the time in ISO 8601', () => {
  const { log, lines } = openLog()
  log.warn('first\nsecond')
  expect(lines).toEqual([expect.stringMatching(/^\{"level":"warn","time":"\d{4}-\d\d-\d\dT[\d:.]+Z","msg":"first\\nsecond"\}\n$/)])
})
