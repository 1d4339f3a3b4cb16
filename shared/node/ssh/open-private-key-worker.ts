import { parentPort, workerData } from 'node:worker_threads'
import type { Opened } from './open-private-key.ts'
import { readPrivateKey } from './read-private-key.ts'

/** A thread that opens one encrypted key, whose derivation may take seconds, and answers with the key in the clear. */
const { text, passphrase } = workerData as { text: string; passphrase: string }
const read = readPrivateKey(text, passphrase)
const opened: Opened = read.ok ? { ok: true, text: read.key.getPrivatePEM() } : read
parentPort?.postMessage(opened)
