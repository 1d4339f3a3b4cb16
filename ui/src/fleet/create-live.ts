import { createSignal, onCleanup } from 'solid-js'
import { readEvents, type ServerEvent } from '../api/read-events.ts'

/** `live`: the stream works; `polling`: it broke, and the UI asks instead; `offline`: the server does not answer. */
export type Connection = 'connecting' | 'live' | 'polling' | 'offline'

type LiveSource = {
  /** Opens the stream, after the last event that was seen. */
  open: (lastEventId: string | null, signal: AbortSignal) => Promise<Response>
  /** Takes one event. What it throws breaks the stream. */
  take: (event: ServerEvent) => void
  /** Asks for everything, and takes it unless aborted meanwhile. */
  poll: (signal: AbortSignal) => Promise<void>
}

/** The server speaks at least every 15 seconds; a stream that is silent for so long is dead. */
const silenceMs = 25_000
const pollMs = 5_000
const pollTimeoutMs = 15_000
const firstRetryMs = 1_000
const lastRetryMs = 30_000

/** Keeps something up to date: by a stream, and while that is broken by polling, until it is back. */
export const createLive = (source: LiveSource) => {
  const [connection, setConnection] = createSignal<Connection>('connecting')
  const [error, setError] = createSignal<unknown>(null)
  const over = new AbortController()
  let lastEventId: string | null = null
  let heardAt = Date.now()
  let stream = new AbortController()
  let polling: AbortController | undefined
  let attempts = 0
  let wake = () => {}

  const poll = async (signal: AbortSignal) => {
    const result = await source.poll(AbortSignal.any([signal, AbortSignal.timeout(pollTimeoutMs)])).then(
      () => ({ cause: null }),
      (cause: unknown) => ({ cause }),
    )
    if (signal.aborted) return
    setConnection(result.cause === null ? 'polling' : 'offline')
    setError(result.cause)
    setTimeout(() => !signal.aborted && void poll(signal), pollMs)
  }
  const startPolling = () => {
    if (polling || over.signal.aborted) return
    polling = new AbortController()
    void poll(polling.signal)
  }
  const stopPolling = () => {
    polling?.abort()
    polling = undefined
  }

  /** Follows the stream to its end. Resolves to whether it may be opened again at once: the server asked for it, and it had worked. */
  const follow = async (): Promise<boolean> => {
    stream = new AbortController()
    const { signal } = stream
    let watch: ReturnType<typeof setTimeout> | undefined
    const heard = () => {
      clearTimeout(watch)
      heardAt = Date.now()
      watch = setTimeout(() => stream.abort(), silenceMs)
    }
    let isLive = false
    heard()
    try {
      for await (const event of readEvents(await source.open(lastEventId, signal))) {
        heard()
        if (event.event === 'end') return isLive && JSON.parse(event.data).reason === 'unauthenticated'
        source.take(event)
        lastEventId = event.id ?? lastEventId
        isLive = true
        attempts = 0
        stopPolling()
        setConnection('live')
        setError(null)
      }
      return false
    } catch {
      return false
    } finally {
      clearTimeout(watch)
      stream.abort()
    }
  }

  const pause = () =>
    new Promise<void>((resolve) => {
      const ms = Math.min(firstRetryMs * 2 ** attempts, lastRetryMs) * (0.8 + Math.random() * 0.4)
      attempts += 1
      const timer = setTimeout(resolve, ms)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  const run = async () => {
    while (!over.signal.aborted) {
      if (await follow()) continue
      startPolling()
      await pause()
    }
  }

  /** Ends a wait, and a stream that fell silent while the computer slept. */
  const hurry = () => {
    if (Date.now() - heardAt > silenceMs) stream.abort()
    wake()
  }
  const hurryWhenSeen = () => document.visibilityState === 'visible' && hurry()
  window.addEventListener('online', hurry)
  document.addEventListener('visibilitychange', hurryWhenSeen)
  onCleanup(() => {
    window.removeEventListener('online', hurry)
    document.removeEventListener('visibilitychange', hurryWhenSeen)
    over.abort()
    stopPolling()
    stream.abort()
    wake()
  })
  void run()

  return { connection, error, hurry }
}
