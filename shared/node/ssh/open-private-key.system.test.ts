import ssh2 from 'ssh2'
import { expect, test } from 'vitest'
import { createSshKey } from '../../../deployment/demo/create-ssh-key.ts'
import { type KeyThread, startKeyThread } from './key-thread.ts'
import { openPrivateKey } from './open-private-key.ts'
import { readPrivateKey } from './read-private-key.ts'

const passphrase = 'correct horse'
const encrypt = (type: 'ed25519' | 'rsa' | 'ecdsa', rounds: number) => {
  const options = { passphrase, cipher: 'aes256-ctr', rounds }
  if (type === 'ed25519') return createSshKey(options).privateKey
  return ssh2.utils.generateKeyPairSync(type, { bits: type === 'rsa' ? 2048 : 256, ...options } as { bits: 256 }).private
}

/** The longest time that nothing else ran in this process while `work` did, in milliseconds. */
const longestPause = async (work: () => Promise<unknown>): Promise<number> => {
  let [longest, lastAt] = [0, performance.now()]
  const look = () => {
    const now = performance.now()
    longest = Math.max(longest, now - lastAt)
    lastAt = now
  }
  const timer = setInterval(look, 5)
  await work()
  look()
  clearInterval(timer)
  return longest
}

test.each(['ed25519', 'rsa', 'ecdsa'] as const)('opens an encrypted key as it was before (%s)', async (type) => {
  const text = encrypt(type, 1)
  const opened = await openPrivateKey(text, passphrase)
  if (!opened.ok) throw new Error(opened.message)
  const read = readPrivateKey(opened.text)
  if (!read.ok) throw new Error(read.message)
  const [expected] = [ssh2.utils.parseKey(text, passphrase)].flat()
  if (expected === undefined || expected instanceof Error) throw expected
  expect(read.key.getPublicSSH()).toEqual(expected.getPublicSSH())
  const signature = read.key.sign(Buffer.from('text'))
  expect(expected.verify(Buffer.from('text'), signature as unknown as Buffer)).toBe(true)
})

test('the process goes on while a key with many rounds opens, and a key that opened once opens at once', async () => {
  const text = encrypt('ed25519', 60)
  const startedAt = performance.now()
  const pause = await longestPause(() => openPrivateKey(text, passphrase))
  const tookMs = performance.now() - startedAt
  expect(pause).toBeLessThan(tookMs / 2)
  const againAt = performance.now()
  expect(await openPrivateKey(text, passphrase)).toMatchObject({ ok: true, type: 'ssh-ed25519' })
  expect(performance.now() - againAt).toBeLessThan(tookMs / 5)
})

test('blames the passphrase, each time, when it does not open the key', async () => {
  const text = encrypt('ed25519', 1)
  const wrong = { ok: false, field: 'passphrase', message: 'The passphrase does not open this private key.' }
  expect(await openPrivateKey(text, 'wrong')).toEqual(wrong)
  expect(await openPrivateKey(text, 'wrong')).toEqual(wrong)
  expect(await openPrivateKey(text)).toMatchObject({ field: 'passphrase', message: 'This private key needs its passphrase.' })
  expect(await openPrivateKey(text, passphrase)).toMatchObject({ ok: true })
})

test('gives up a key after two seconds of one core, and the next one opens', async () => {
  const costly = slowThread('let n = 0; for (;;) n += 1')
  const startedAt = performance.now()
  const pause = await longestPause(async () => expect(await costly.ask('a key')).toBeNull())
  expect(pause).toBeLessThan(500)
  expect(performance.now() - startedAt).toBeGreaterThan(1_900)
  expect(costly.ended).toBe(true)
  expect(await openPrivateKey(encrypt('ed25519', 1), passphrase)).toMatchObject({ ok: true })
})

test.each(['throw new Error()', 'const all = []; for (;;) all.push(new Array(1e6).fill(0))', 'process.exit()'])(
  'a key that breaks its thread ends that alone: %s',
  async (code) => {
    const broken = slowThread(code)
    expect(await broken.ask('a key')).toBeNull()
    expect(broken.ended).toBe(true)
  },
)

/** A thread that does this work with each message instead of opening a key. */
const slowThread = (code: string): KeyThread<unknown> => {
  const module = `import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => { ${code} }); parentPort.postMessage('ready')`
  return startKeyThread(new URL(`data:text/javascript,${encodeURIComponent(module)}`))
}
