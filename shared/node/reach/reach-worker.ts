import { AsyncLocalStorage } from 'node:async_hooks'
import { parentPort, workerData } from 'node:worker_threads'
import type { PartnerConnection } from '../../reach/reach-target.ts'
import type { OpenedKey } from '../ssh/open-private-key.ts'
import { createConnectPartner } from './connect-partner.ts'
import {
  beatMs,
  type Connected,
  connectionAt,
  createMarks,
  type FromThread,
  type Marks,
  type Request,
  stepsAt,
  type ToThread,
  toErrorData,
} from './reach-messages.ts'

/** A thread that owns connections to partners. Whatever breaks it ends these connections alone. */
// Of the connections' buffers some live long, and each keeps the slab that it was cut from.
Buffer.poolSize = 8_192

// Run by itself, it ends at once: that is how the image compiles it in advance.
const { marks } = (workerData ?? { marks: createMarks() }) as { marks: Marks }
const connections = new Map<number, PartnerConnection>()
const aborts = new Map<number, AbortController>()
const keys = new Map<number, (opened: OpenedKey) => void>()

/** The connection that whatever runs now belongs to. */
const serving = new AsyncLocalStorage<number>()
const nobody = 0

// What nobody caught ends this thread, and is put down to the connection that it came from: others may have been served since.
process.on('uncaughtException', (error) => {
  Atomics.store(marks, connectionAt, serving.getStore() ?? nobody)
  throw error
})
// The MySQL library traces what it cannot read, before it throws.
console.trace = () => {}

const post = (message: FromThread) => parentPort?.postMessage(message)

const workFor = (connection: number) => {
  Atomics.store(marks, connectionAt, connection)
  Atomics.add(marks, stepsAt, 1)
}

const forget = (connection: number, overloads: boolean) => {
  if (connections.delete(connection)) post({ kind: 'closed', connection, overloads })
}

const connect = async (
  id: number,
  { target, timeoutsMs }: Extract<Request, { kind: 'connect' }>,
  signal: AbortSignal,
): Promise<Connected> => {
  const connectPartner = createConnectPartner({
    openKey: (text, passphrase) => {
      const { promise, resolve } = Promise.withResolvers<OpenedKey>()
      keys.set(id, resolve)
      post({ kind: 'openKey', id, text, passphrase })
      return promise
    },
    onWork: () => workFor(id),
    onClosed: (failure) => forget(id, failure?.reason === 'partner-overload'),
  })
  const connection = await connectPartner(target, { timeoutsMs, signal, onStage: (result) => post({ kind: 'stage', id, result }) })
  connections.set(id, connection)
  const { hostKey, jumpKeys, stages, tls, notes } = connection
  return { hostKey, jumpKeys, stages, tls, notes }
}

/** The connection ended while the query was on its way here. */
const alreadyEnded = new Error('the connection had ended')

const run = async (id: number, request: Request, signal: AbortSignal): Promise<unknown> => {
  if (request.kind === 'connect') return connect(id, request, signal)
  workFor(request.connection)
  const connection = connections.get(request.connection)
  if (request.kind === 'close') return connection?.close()
  if (!connection) throw alreadyEnded
  return connection.query(request.sql, request.values, { signal, timeoutMs: request.timeoutMs })
}

/** A connection that has ended, of which its `close` event is yet to tell. */
const forgetEnded = (connection: number) => {
  if (connections.get(connection)?.closed) forget(connection, false)
}

const answer = async (id: number, request: Request) => {
  const abort = new AbortController()
  aborts.set(id, abort)
  const connection = request.kind === 'connect' ? id : request.connection
  const outcome = await serving
    .run(connection, () => run(id, request, abort.signal))
    .then(
      (value): FromThread => ({ kind: 'done', id, value }),
      (error: unknown): FromThread => (error === alreadyEnded ? { kind: 'ended', id } : { kind: 'failed', id, error: toErrorData(error) }),
    )
  aborts.delete(id)
  keys.delete(id)
  // Whoever hears of a failure has to know already whether the connection ended with it.
  if (request.kind !== 'connect') forgetEnded(connection)
  post(outcome)
  forgetEnded(connection)
}

parentPort?.on('message', (message: ToThread) => {
  if (message.kind === 'abort') aborts.get(message.id)?.abort()
  else if (message.kind === 'key') keys.get(message.id)?.(message.opened)
  else void answer(message.id, message)
})
setInterval(() => Atomics.add(marks, stepsAt, 1), beatMs).unref()
post({ kind: 'ready' })
