import { isSameStep, ReachError, type StageResult, type Step, stepsTo } from '../../reach/reach-error.ts'
import type { ConnectOptions, PartnerConnection, ReachTarget, Row } from '../../reach/reach-target.ts'
import type { OpenKey } from '../ssh/open-private-key.ts'
import { startThread } from '../start-thread.ts'
import type { ConnectPartner } from './connect-partner.ts'
import { type Connected, connectionAt, createMarks, type FromThread, fromErrorData, stepsAt, type ToThread } from './reach-messages.ts'
import { createThreadCalls, type Progress } from './thread-calls.ts'
import { ThreadLost } from './thread-lost.ts'

export type ReachThreadDeps = {
  /** What the thread runs. */
  module: URL
  openKey: OpenKey
  /** Told of a partner that took too much work, or, with the cause, of a thread that broke: `null` when it is not known for whom it worked. */
  onOverload: (partnerId: string | null, cause: unknown) => void
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

/** The heap of one thread, which serves up to some hundred partners. */
const resourceLimits = { maxOldGenerationSizeMb: 160 }

/** Starts a thread that owns connections to partners, and gives them as if they were here. */
export const startReachThread = (deps: ReachThreadDeps): ReachThread => {
  const marks = createMarks()
  const worker = startThread(deps.module, { workerData: { marks }, resourceLimits })
  const post = (message: ToThread) => worker.postMessage(message)
  const calls = createThreadCalls(post, (isBusy) => (isBusy ? worker.ref() : worker.unref()))
  /** The partner of each connection that is open or being made. */
  const partners = new Map<number, string>()
  const open = new Set<number>()
  let [lastId, isReady, terminated] = [0, false, null as Promise<unknown> | null]

  const release = (connection: number) => {
    open.delete(connection)
    if (partners.delete(connection) && partners.size === 0) deps.onIdle()
  }
  const end = (culprit: string | null) => {
    if (terminated) return
    terminated = worker.terminate()
    open.clear()
    partners.clear()
    deps.onEnd()
    calls.rejectAll((progress) => (progress.partnerId === culprit ? overload(progress) : lost(progress)))
  }
  const blame = (cause: unknown) => {
    if (terminated) return
    const culprit = partners.get(Atomics.load(marks, connectionAt)) ?? null
    deps.onOverload(culprit, cause)
    end(culprit)
  }

  const receive = (message: FromThread) => {
    if (terminated) return
    if (message.kind === 'ready') isReady = true
    else if (message.kind === 'stage') calls.noteStage(message.id, message.result)
    else if (message.kind === 'closed') {
      if (message.overloads) deps.onOverload(partners.get(message.connection) ?? null, null)
      release(message.connection)
    } else if (message.kind === 'openKey')
      deps.openKey(message.text, message.passphrase).then(
        (opened) => {
          if (!terminated) post({ id: message.id, kind: 'key', opened })
        },
        (error: Error) => {
          calls.reject(message.id, () => error)
          if (!terminated) post({ id: message.id, kind: 'abort' })
        },
      )
    else if (message.kind === 'done') {
      if (partners.has(message.id)) open.add(message.id)
      calls.resolve(message.id, message.value)
    } else if (message.kind === 'ended') calls.reject(message.id, closed)
    else {
      if (message.error.details?.reason === 'partner-overload') deps.onOverload(calls.partnerOf(message.id), null)
      calls.reject(message.id, () => fromErrorData(message.error))
      release(message.id)
    }
  }
  worker
    .on('message', receive)
    .on('error', blame)
    .on('exit', () => blame(new Error('the thread ended')))
    .unref()

  const connect = async (target: ReachTarget, { timeoutsMs, signal, onStage }: ConnectOptions): Promise<PartnerConnection> => {
    const id = ++lastId
    const { partnerId } = target
    const progress: Progress = { partnerId, step: () => nextStep(target, progress.stages), stages: [], hostKey: null, onStage }
    if (signal.aborted) throw aborted(progress)
    if (terminated) throw lost(progress)
    partners.set(id, partnerId)
    const connected = (await calls.ask(id, { kind: 'connect', target, timeoutsMs }, progress, signal)) as Connected
    const inQuery = (): Progress => ({
      partnerId,
      step: () => ({ stage: 'query' }),
      stages: [...connected.stages],
      hostKey: connected.hostKey,
    })
    return {
      ...connected,
      get closed() {
        return !open.has(id)
      },
      query: async (sql, values, options) => {
        if (options.signal.aborted) throw aborted(inQuery())
        if (!open.has(id)) throw closed(inQuery())
        const request = { kind: 'query', connection: id, sql, values, timeoutMs: options.timeoutMs } as const
        return (await calls.ask(++lastId, request, inQuery(), options.signal)) as Row[]
      },
      close: async () => {
        // When the thread ends meanwhile, so has the connection.
        if (open.has(id)) await calls.ask(++lastId, { kind: 'close', connection: id }, inQuery(), null).catch(() => {})
      },
    }
  }

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

/** The step that runs when these have ended; after one that failed, it begins anew. */
const nextStep = ({ ssh, db }: ReachTarget, results: readonly StageResult[]): Step => {
  const steps = stepsTo(ssh).filter(({ stage }) => stage !== 'db-tls' || db.tls !== null)
  const last = results.at(-1)
  const at = last?.ok ? steps.findIndex((step) => isSameStep(step, last)) : -1
  return steps[at + 1] ?? { stage: 'query' }
}

const failed = ({ step, stages: results, hostKey }: Progress) => {
  const at = step()
  return { ...at, stages: [...results, { ...at, ok: false, ms: 0 }], hostKey }
}

const lost = (progress: Progress) => new ThreadLost(failed(progress))

const aborted = (progress: Progress) => new ReachError('The work was aborted.', { ...failed(progress), reason: 'aborted' })

const closed = (progress: Progress) => new ReachError('The connection to the database was lost.', { ...failed(progress), reason: 'query' })

const overload = (progress: Progress) =>
  new ReachError('What this partner sent held up or broke the thread that served it.', { ...failed(progress), reason: 'partner-overload' })
