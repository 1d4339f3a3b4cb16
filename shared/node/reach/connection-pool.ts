import { ReachError } from '../../reach/reach-error.ts'
import type { PartnerConnection, ReachTarget } from '../../reach/reach-target.ts'
import { ThreadLost } from './thread-lost.ts'

export type ConnectionPoolDeps = {
  connect: (target: ReachTarget, signal: AbortSignal) => Promise<PartnerConnection>
  /** Of a clock that nobody sets. */
  monotonicMs: () => number
  /** How long an unused connection is kept. */
  idleMs: number
  /** How long after a failed attempt the next one waits: doubled with each failure in a row, up to `max`. */
  retryDelayMs: { first: number; max: number }
}

export type ConnectionPool = {
  /**
   * Runs `fn` on the partner's connection, one at a time per partner, connecting where there is none; `isKept` says whether it is from
   * earlier. When `fn` fails the connection is closed; when a connection kept from earlier turns out to be dead, or its thread was ended
   * because of another partner, `fn` runs once more on a new one. Soon after a failed attempt to connect, its error is thrown again instead
   * of a new attempt. @throws ReachError, and whatever `fn` throws
   */
  use<T>(target: ReachTarget, fn: (connection: PartnerConnection, isKept: boolean) => Promise<T>, signal: AbortSignal): Promise<T>
  /**
   * Runs `fn`, which makes a connection of its own, in the partner's turn and with the kept connection closed, so that a server that allows
   * one connection allows this one. Uses wait until it is over. @throws ReachError, and whatever `fn` throws
   */
  alone<T>(target: ReachTarget, fn: () => Promise<T>, signal: AbortSignal): Promise<T>
  /** Closes the partner's connection, ends what runs on it, and forgets its failures. */
  evict(partnerId: string): void
  /** How many connections are open. */
  readonly size: number
  /** Closes all connections, ends what runs on them, and resolves when nothing is left. Later uses are refused. */
  close(): Promise<void>
}

/** A server shows its certificate once to each connection: a renewed one is met by a new connection. */
const encryptedMaxAgeMs = 3_600_000

type Slot = {
  revision: string
  connection: PartnerConnection | null
  connectedAtMs: number
  /** Settles when the last use in the queue is over. */
  tail: Promise<unknown>
  /** Aborts an attempt to connect when the partner is evicted. */
  eviction: AbortController
  idleTimer: NodeJS.Timeout | undefined
  failure: { error: ReachError; count: number; retryAt: number } | null
}

/** Keeps one connection per partner and revision between uses. */
export const createConnectionPool = (deps: ConnectionPoolDeps): ConnectionPool => {
  const slots = new Map<string, Slot>()
  const closing = new Set<Promise<void>>()
  let closed = false

  const closeConnection = async (slot: Slot): Promise<void> => {
    clearTimeout(slot.idleTimer)
    if (slot.connection === null) return
    const done = slot.connection.close().finally(() => closing.delete(done))
    closing.add(done)
    slot.connection = null
    await done
  }

  const evict = (partnerId: string) => {
    const slot = slots.get(partnerId)
    if (slot === undefined) return
    slots.delete(partnerId)
    slot.eviction.abort()
    void closeConnection(slot)
  }

  const slotOf = ({ partnerId, revision }: ReachTarget): Slot => {
    if (closed) throw aborted('The connection pool is closed.')
    const current = slots.get(partnerId)
    if (current?.revision === revision) return current
    evict(partnerId)
    const slot: Slot = {
      revision,
      connection: null,
      connectedAtMs: 0,
      tail: Promise.resolve(),
      eviction: new AbortController(),
      idleTimer: undefined,
      failure: null,
    }
    slots.set(partnerId, slot)
    return slot
  }

  const connect = async (slot: Slot, target: ReachTarget, signal: AbortSignal): Promise<PartnerConnection> => {
    if (slot.failure && deps.monotonicMs() < slot.failure.retryAt) throw slot.failure.error
    try {
      slot.connection = await deps.connect(target, AbortSignal.any([signal, slot.eviction.signal]))
      slot.connectedAtMs = deps.monotonicMs()
      slot.failure = null
      return slot.connection
    } catch (error) {
      if (error instanceof ReachError && error.reason !== 'aborted') {
        const count = (slot.failure?.count ?? 0) + 1
        const delayMs = Math.min(deps.retryDelayMs.first * 2 ** (count - 1), deps.retryDelayMs.max)
        slot.failure = { error, count, retryAt: deps.monotonicMs() + delayMs }
      }
      throw error
    }
  }

  const run = async <T>(
    slot: Slot,
    target: ReachTarget,
    fn: (connection: PartnerConnection, isKept: boolean) => Promise<T>,
    signal: AbortSignal,
    isRepeated = false,
  ): Promise<T> => {
    if (slot.eviction.signal.aborted) throw aborted(changedMessage)
    clearTimeout(slot.idleTimer)
    const isOld = slot.connection?.tls && deps.monotonicMs() - slot.connectedAtMs > encryptedMaxAgeMs
    if (slot.connection?.closed || isOld) void closeConnection(slot)
    const kept = slot.connection
    const connection = kept ?? (await connect(slot, target, signal))
    try {
      const value = await fn(connection, kept !== null)
      slot.idleTimer = setTimeout(() => void closeConnection(slot), deps.idleMs).unref()
      return value
    } catch (error) {
      const repeats = (kept !== null && wasStale(kept, error)) || (error instanceof ThreadLost && !isRepeated)
      void closeConnection(slot)
      if (slot.eviction.signal.aborted) throw aborted(changedMessage, error)
      if (repeats) return run(slot, target, fn, signal, true)
      throw error
    }
  }

  const inTurn = async <T>(target: ReachTarget, signal: AbortSignal, work: (slot: Slot) => Promise<T>): Promise<T> => {
    const slot = slotOf(target)
    const turn = slot.tail
    const { promise: over, resolve: leave } = Promise.withResolvers<void>()
    slot.tail = turn.then(() => over)
    try {
      await waitForTurn(turn, signal)
      return await work(slot)
    } finally {
      leave()
    }
  }

  return {
    use: (target, fn, signal) => inTurn(target, signal, (slot) => run(slot, target, fn, signal)),
    alone: (target, fn, signal) =>
      inTurn(target, signal, async (slot) => {
        await closeConnection(slot)
        return fn()
      }),
    evict,
    get size() {
      return [...slots.values()].filter(({ connection }) => connection !== null && !connection.closed).length
    },
    close: async () => {
      closed = true
      const tails = [...slots.values()].map(({ tail }) => tail)
      for (const partnerId of slots.keys()) evict(partnerId)
      await Promise.all(tails)
      await Promise.all(closing)
    },
  }
}

const changedMessage = 'The partner was changed or removed.'

const aborted = (message: string, cause?: unknown) => new ReachError(message, { stage: 'ssh-connect', reason: 'aborted' }, { cause })

/** True when the connection had died before it was used again, rather than being ended by a limit, an abort or a bad statement. */
const wasStale = (connection: PartnerConnection, error: unknown): boolean =>
  connection.closed && error instanceof ReachError && error.stage === 'query' && error.reason === 'query'

const waitForTurn = async (turn: Promise<unknown>, signal: AbortSignal): Promise<void> => {
  const { promise, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(aborted('The work was aborted.'))
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  try {
    await Promise.race([turn, promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
