import type { Context, TypedResponse } from 'hono'
import { AppError } from '../errors.ts'
import type { AppEnv } from './app-env.ts'
import type { OpenStreams } from './create-open-streams.ts'
import { actorOf, type GuardDeps } from './guards.ts'
import { reportError } from './report-error.ts'

/** A server-sent event; `data` is JSON text. */
export type ServerEvent = { event: string; data: string; id?: string }

/** What event streams need: who still may read, and the bounds of all streams of the process. */
export type StreamDeps = GuardDeps & { streams: OpenStreams }

export const jsonEvent = (event: string, data: unknown): ServerEvent => ({ event, data: JSON.stringify(data) })

const headers = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store',
  // nginx would hold the events back.
  'X-Accel-Buffering': 'no',
  // Without it the server for Node asks for the next event before the client took the one before.
  'Transfer-Encoding': 'chunked',
  // What a client did not read goes with the connection, as soon as the stream ends.
  Connection: 'close',
}
const encoder = new TextEncoder()
const retryLine = encoder.encode('retry: 3000\n')

/** An event as it is sent. One that goes to many is encoded once, and its bytes are shared. */
export const encodeEvent = ({ event, data, id }: ServerEvent): Uint8Array =>
  encoder.encode(`${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${data}\n\n`)

/** Events as they come; those that are encoded are sent as they are. */
export type Events = AsyncGenerator<ServerEvent | Uint8Array>

const bytesOf = (event: ServerEvent | Uint8Array) => (event instanceof Uint8Array ? event : encodeEvent(event))

const streamOf = (c: Context<AppEnv>, deps: StreamDeps, start: (signal: AbortSignal) => Events) => {
  const gone = new AbortController()
  const events = start(AbortSignal.any([gone.signal, c.req.raw.signal]))
  const ahead: IteratorResult<ServerEvent | Uint8Array>[] = []
  let offeredAtMs: number | null = null
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined
  const stop = async () => {
    forget()
    gone.abort()
    await events.return(undefined)
  }
  const forget = deps.streams.watch(c, {
    isAllowed: async () => (await actorOf(deps, c)) !== null,
    offeredAtMs: () => offeredAtMs,
    end: (reason) => {
      if (gone.signal.aborted) return
      stop().catch(() => undefined)
      if (offeredAtMs === null) controller?.enqueue(encodeEvent(jsonEvent('end', { reason })))
      controller?.close()
    },
  })
  const send = (chunk: Uint8Array) => {
    controller?.enqueue(chunk)
    offeredAtMs = deps.streams.monotonicMs()
  }
  const close = () => {
    forget()
    controller?.close()
  }
  const pull = async () => {
    offeredAtMs = null
    try {
      const { done, value } = ahead.shift() ?? (await events.next())
      if (gone.signal.aborted) return
      if (done) close()
      else send(bytesOf(value))
    } catch (error) {
      if (gone.signal.aborted) return
      send(encodeEvent(jsonEvent('error', reportError(c, error).body)))
      close()
    }
  }
  return {
    /** Waits for the first event. */
    open: async () => {
      try {
        ahead.push({ value: retryLine }, await events.next())
      } catch (error) {
        forget()
        throw error
      }
      if (gone.signal.aborted) throw new AppError('unauthenticated', 'The session ended.')
      offeredAtMs = deps.streams.monotonicMs()
      const begin = (made: ReadableStreamDefaultController<Uint8Array>) => {
        controller = made
      }
      return new ReadableStream<Uint8Array>({ start: begin, pull, cancel: stop }, { highWaterMark: 0 })
    },
    stop,
  }
}

/**
 * Answers with events, each of which is asked for when the client has taken the one before, so that none waits in memory for a client that
 * reads slowly. One that takes no event within 30 s, or whose session ends, is cut off. What is thrown before the first one is answered like
 * any error; later it is the last event, `error`. The signal aborts when the client goes.
 * @throws too_many_requests when its user or token has too many streams
 */
export const eventStream = async (
  c: Context<AppEnv>,
  deps: StreamDeps,
  start: (signal: AbortSignal) => Events,
): Promise<Response & TypedResponse<never, 200, 'json'>> => {
  // A client that asks for JSON never sees these: to its types they are no answer.
  const answer = (body: ReadableStream | null) => c.newResponse(body, 200, headers) as Response & TypedResponse<never, 200, 'json'>
  const stream = streamOf(c, deps, start)
  const body = await stream.open()
  if (c.req.method !== 'HEAD') return answer(body)
  await stream.stop()
  return answer(null)
}

/** Whether a request asks for events instead of one JSON answer. */
export const wantsEvents = (c: Context<AppEnv>): boolean => c.req.header('accept')?.includes('text/event-stream') ?? false
