import { Worker } from 'node:worker_threads'
import { type HostKey, ReachError, type Stage, type StageResult, stages } from '../../reach/reach-error.ts'
import type { ConnectOptions, PartnerConnection, ReachTarget, Row } from '../../reach/reach-target.ts'
import type { OpenKey } from '../ssh/start-ssh.ts'
import type { ConnectPartner } from './connect-partner.ts'
import {
  type Connected,
  connectionAt,
  createMarks,
  type FromThread,
  fromErrorData,
  type Request,
  stepsAt,
  type ToThread,
} from './reach-messages.ts'
import { ThreadLost } from './thread-lost.ts'

export type ReachThreadDeps = {
  /** What the thread runs. */
  module: URL
  openKey: OpenKey
  /** Told of a partner that took too much work or broke the thread; `cause`: with what. */
  onOverload: (partnerId: string, cause: unknown) => void
  /** Told when the thread holds no connection any more. */
  onIdle: () => void
  onEnd: () => void
}

export type ReachThread = {
  connect: ConnectPartner
  /** How many connections it holds or makes. */
  readonly load: number
  /** Whether it is asked for something now. */
  readonly busy: boolean
  /** How many steps it has made; `null` while it starts. */
  readonly steps: number | null
  /** Ends the thread at once. */
  stop(): Promise<void>
  /** Ends it because it is stuck: the partner that it worked for is to blame, and other work fails with `ThreadLost`. */
  giveUp(): void
}

/** `signal` aborts the request, `sent` is for its failure to tell. */
type Call = { partnerId: string; resolve: (value: unknown) => void; reject: (error: Error) => void; sent: Sent }
type Sent = { stage: () => Stage; stages: StageResult[]; hostKey: HostKey | null; onStage?: ConnectOptions['onStage'] }

/** The heap of one thread, which serves up to some hundred partners. */
const resourceLimits = { maxOldGenerationSizeMb: 160, maxYoungGenerationSizeMb: 12 }

/** Starts a thread that owns connections to partners, and gives them as if they were here. */
export const startReachThread = ({ module, openKey, onOverload, onIdle, onEnd }: ReachThreadDeps): ReachThread => {
  const marks = createMarks()
  // Without the arguments of this process, which may forbid a file: --input-type.
  const worker = new Worker(module, { workerData: { marks }, execArgv: [], resourceLimits })
  const calls = new Map<number, Call>()
  /** The partner of each connection that is open or being made. */
  const partners = new Map<number, string>()
  const open = new Set<number>()
  let [lastId, isReady, terminated] = [0, false, null as Promise<unknown> | null]

  const post = (message: ToThread) => worker.postMessage(message)
  const release = (connection: number) => {
    open.delete(connection)
    partners.delete(connection)
    if (partners.size === 0) onIdle()
  }
  const settle = (id: number, finish: (call: Call) => void) => {
    const call = calls.get(id)
    calls.delete(id)
    if (calls.size === 0) worker.unref()
    if (call) finish(call)
  }

  const end = (culprit: string | null) => {
    if (terminated) return
    terminated = worker.terminate()
    const pending = [...calls.values()]
    calls.clear()
    open.clear()
    partners.clear()
    onEnd()
    for (const { partnerId, reject, sent } of pending) reject(partnerId === culprit ? overload(sent) : lost(sent))
  }
  const blame = (cause: unknown) => {
    if (terminated) return
    const culprit = partners.get(Atomics.load(marks, connectionAt)) ?? null
    if (culprit !== null) onOverload(culprit, cause)
    end(culprit)
  }

  const ask = <Value>(request: Request, partnerId: string, signal: AbortSignal | null, sent: Sent, id = ++lastId): Promise<Value> => {
    if (terminated) return Promise.reject(lost(sent))
    const { promise, resolve, reject } = Promise.withResolvers<Value>()
    const onAbort = () => post({ id, kind: 'abort' })
    calls.set(id, { partnerId, resolve: (value) => resolve(value as Value), reject, sent })
    worker.ref()
    post({ id, ...request })
    signal?.addEventListener('abort', onAbort, { once: true })
    return promise.finally(() => signal?.removeEventListener('abort', onAbort))
  }

  const connect = async (target: ReachTarget, { timeoutsMs, signal, onStage }: ConnectOptions): Promise<PartnerConnection> => {
    const id = ++lastId
    const sent: Sent = { stage: () => nextStage(target, sent.stages), stages: [], hostKey: null, onStage }
    if (signal.aborted) throw new ReachError('The work was aborted.', { stage: sent.stage(), reason: 'aborted' })
    partners.set(id, target.partnerId)
    const connected = await ask<Connected>({ kind: 'connect', target, timeoutsMs }, target.partnerId, signal, sent, id)
    const onQuery: Sent = { stage: () => 'query', stages: [...connected.stages], hostKey: connected.hostKey }
    return {
      ...connected,
      get closed() {
        return !open.has(id)
      },
      query: (sql, values, { signal: given, timeoutMs }) => {
        if (given.aborted) return Promise.reject(new ReachError('The work was aborted.', { ...onQuery, stage: 'query', reason: 'aborted' }))
        if (!open.has(id))
          return Promise.reject(new ReachError('The connection to the database was lost.', { ...onQuery, stage: 'query', reason: 'query' }))
        return ask<Row[]>({ kind: 'query', connection: id, sql, values, timeoutMs }, target.partnerId, given, onQuery)
      },
      close: async () => {
        if (open.has(id)) await ask({ kind: 'close', connection: id }, target.partnerId, null, onQuery).catch(() => {})
        open.delete(id)
      },
    }
  }

  const receive = (message: FromThread) => {
    if (terminated) return
    if (message.kind === 'ready') isReady = true
    else if (message.kind === 'stage') {
      const { sent } = calls.get(message.id) ?? {}
      sent?.stages.push(message.result)
      sent?.onStage?.(message.result)
    } else if (message.kind === 'done') {
      if (partners.has(message.id)) open.add(message.id)
      settle(message.id, ({ resolve }) => resolve(message.value))
    } else if (message.kind === 'failed')
      settle(message.id, ({ partnerId, reject }) => {
        if (partners.has(message.id)) release(message.id)
        if (message.error.details?.reason === 'partner-overload') onOverload(partnerId, null)
        reject(fromErrorData(message.error))
      })
    else if (message.kind === 'closed') {
      const partnerId = partners.get(message.connection)
      if (message.overloads && partnerId !== undefined) onOverload(partnerId, null)
      release(message.connection)
    } else
      void openKey(message.text, message.passphrase).then((opened) => {
        if (!terminated) post({ id: message.id, kind: 'key', opened })
      })
  }
  worker
    .on('message', receive)
    .on('error', blame)
    .on('exit', () => blame(new Error('the thread ended')))
    .unref()

  return {
    connect,
    get load() {
      return partners.size
    },
    get busy() {
      return calls.size > 0
    },
    get steps() {
      return isReady ? Atomics.load(marks, stepsAt) : null
    },
    stop: async () => {
      end(null)
      await terminated
    },
    giveUp: () => blame(new Error('the thread made no step for two seconds')),
  }
}

/** The stage that runs when these have ended. */
const nextStage = ({ ssh }: ReachTarget, results: readonly StageResult[]): Stage => {
  const ended = results.map(({ stage }) => stage)
  const all = ssh ? stages : stages.slice(stages.indexOf('db-connect'))
  return all[all.findIndex((stage) => !ended.includes(stage))] ?? 'query'
}

const failed = ({ stage, stages: results, hostKey }: Sent) => {
  const at = stage()
  return { stage: at, stages: [...results, { stage: at, ok: false, ms: 0 }], hostKey }
}

const lost = (sent: Sent): ReachError => new ThreadLost(failed(sent))

const overload = (sent: Sent): ReachError =>
  new ReachError('What this partner sent held up or broke the thread that served it.', { ...failed(sent), reason: 'partner-overload' })
