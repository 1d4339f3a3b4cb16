import { createHash } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import { limitParallel } from '../crypto/limit-parallel.ts'
import { type ReadKey, readPrivateKey } from './read-private-key.ts'

type Problem = Extract<ReadKey, { ok: false }>

/** An encrypted key in the clear. */
export type Opened = { ok: true; text: string } | Problem

/** What one key may take of one core, in milliseconds, and how long it may wait for it on a busy machine. */
const budgetMs = 2_000
const limitMs = 20_000
const checkMs = 100
const keptKeys = 1_000
const inTurn = limitParallel({ running: 2, waiting: Number.POSITIVE_INFINITY })
const opened = new Map<string, Promise<Opened>>()

const problem = (message: string): Problem => ({ ok: false, field: 'privateKey', message })

const openApart = (text: string, passphrase: string): Promise<Opened> => {
  const { promise, resolve } = Promise.withResolvers<Opened>()
  // Without the arguments of this process, which may forbid a file: --input-type.
  const worker = new Worker(new URL('./open-private-key-worker.ts', import.meta.url), { workerData: { text, passphrase }, execArgv: [] })
  const startedAt = performance.now()
  const check = async () => {
    const { user, system } = await worker.cpuUsage()
    if ((user + system) / 1_000 < budgetMs && performance.now() - startedAt < limitMs) return
    resolve(problem('This private key takes more than 2 s to open: encrypt it again with fewer rounds.'))
    await worker.terminate()
  }
  // A thread that is over has no usage to tell.
  const timer = setInterval(() => check().catch(() => {}), checkMs).unref()
  worker.once('message', resolve)
  const couldNotBeRead = () => resolve(problem('The private key could not be read.'))
  worker.once('error', couldNotBeRead).once('exit', couldNotBeRead)
  // After the listeners, which would hold the process again.
  worker.unref()
  return promise.finally(() => clearInterval(timer))
}

/** Opens a key once, and remembers in memory those that opened: their derivation is made to be slow. */
const openOnce = (text: string, passphrase: string): Promise<Opened> => {
  const id = createHash('sha256')
    .update(JSON.stringify([text, passphrase]))
    .digest('base64')
  const known = opened.get(id)
  if (known) return known
  const opening = inTurn(() => openApart(text, passphrase))
  opened.set(id, opening)
  void opening.then(({ ok }) => {
    const oldest = ok ? [...opened.keys()][0] : id
    if (oldest !== undefined && (!ok || opened.size > keptKeys)) opened.delete(oldest)
  })
  return opening
}

/**
 * Reads a private key as `readPrivateKey` does, and derives the key of an encrypted one in a thread of its own, two at a time:
 * `ssh-keygen -a 100` alone would stop this process for seconds. One that takes more than 2 s of a core is refused.
 */
export const openPrivateKey = async (text: string, passphrase?: string): Promise<ReadKey> => {
  if (!passphrase) return readPrivateKey(text)
  const result = await openOnce(text, passphrase)
  return result.ok ? readPrivateKey(result.text) : result
}
