import { createHash } from 'node:crypto'
import { limitParallel } from '../crypto/limit-parallel.ts'
import { type KeyThread, startKeyThread } from './key-thread.ts'
import type { ReadKey } from './read-private-key.ts'

/** A key in the clear and its SSH type, or the field that is wrong and a message that is safe to show. */
export type OpenedKey = { ok: true; type: string; text: string } | Extract<ReadKey, { ok: false }>

/** Opens a key as `openPrivateKey` does. */
export type OpenKey = (text: string, passphrase: string | undefined) => Promise<OpenedKey>

const keptKeys = 1_000
const idleMs = 2_000
const inTurn = limitParallel({ running: 2, waiting: Number.POSITIVE_INFINITY })
/** The threads without work, each with the timer that ends it. */
const idle = new Map<KeyThread<OpenedKey>, NodeJS.Timeout>()
const opened = new Map<string, Promise<OpenedKey>>()

const takeThread = (): KeyThread<OpenedKey> => {
  for (const [thread, timer] of idle) {
    clearTimeout(timer)
    idle.delete(thread)
    if (!thread.ended) return thread
  }
  return startKeyThread(new URL('./open-private-key-worker.ts', import.meta.url))
}

const keepThread = (thread: KeyThread<OpenedKey>) => {
  const end = () => {
    idle.delete(thread)
    thread.end()
  }
  idle.set(thread, setTimeout(end, idleMs).unref())
}

const openApart = async (text: string, passphrase: string | undefined): Promise<OpenedKey> => {
  const thread = takeThread()
  const answer = await thread.ask({ text, passphrase })
  keepThread(thread)
  const message = 'This private key takes more than two seconds of work to open: encrypt it again with fewer rounds.'
  return answer ?? { ok: false, field: 'privateKey', message }
}

/** Opens a key once, and remembers in memory those that opened: their derivation is made to be slow. */
const openOnce = (text: string, passphrase: string): Promise<OpenedKey> => {
  const id = createHash('sha256')
    .update(JSON.stringify([text, passphrase]))
    .digest('base64')
  const known = opened.get(id)
  if (known) return known
  const opening = inTurn(() => openApart(text, passphrase))
  opened.set(id, opening)
  const forget = () => opened.delete(id)
  const keep = () => {
    const [oldest] = opened.keys()
    if (oldest !== undefined && opened.size > keptKeys) opened.delete(oldest)
  }
  // Whoever asked hears of an error; one that nobody awaits must not end the process.
  opening.then(({ ok }) => (ok ? keep() : forget()), forget)
  return opening
}

/**
 * Reads a private key as `readPrivateKey` does, in a thread, two at a time: `ssh-keygen -a 100` alone would stop this process for seconds.
 * A key that takes more than two seconds of one core is refused.
 */
export const openPrivateKey = (text: string, passphrase?: string): Promise<OpenedKey> =>
  passphrase ? openOnce(text, passphrase) : inTurn(() => openApart(text, undefined))
