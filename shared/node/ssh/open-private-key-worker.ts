import { parentPort } from 'node:worker_threads'
import type { OpenedKey } from './open-private-key.ts'
import { readPrivateKey } from './read-private-key.ts'

/** A thread that opens keys, one after the other, and answers with each in the clear. */
parentPort?.on('message', ({ text, passphrase }: { text: string; passphrase: string | undefined }) => {
  const read = readPrivateKey(text, passphrase)
  const opened: OpenedKey = read.ok ? { ok: true, type: read.type, text: read.key.getPrivatePEM() } : read
  parentPort?.postMessage(opened)
})
parentPort?.postMessage('ready')
