import type { Context, TypedResponse } from 'hono'
import type { AppEnv } from './app-env.ts'
import { reportError } from './report-error.ts'

/** A server-sent event; `data` is JSON text. */
export type ServerEvent = { event: string; data: string; id?: string }

export const jsonEvent = (event: string, data: unknown): ServerEvent => ({ event, data: JSON.stringify(data) })

const headers = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store',
  // nginx would hold the events back.
  'X-Accel-Buffering': 'no',
}
const retryLine = 'retry: 3000\n'

const formatEvent = ({ event, data, id }: ServerEvent) => `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${data}\n\n`

const streamOf = (c: Context<AppEnv>, events: AsyncGenerator<ServerEvent>, first: IteratorResult<ServerEvent>, gone: AbortController) => {
  const encoder = new TextEncoder()
  let ahead: IteratorResult<ServerEvent> | undefined = first
  const send = (controller: ReadableStreamDefaultController<Uint8Array>, { done, value }: IteratorResult<ServerEvent>) => {
    if (gone.signal.aborted) return
    if (done) controller.close()
    else controller.enqueue(encoder.encode(`${ahead ? retryLine : ''}${formatEvent(value)}`))
  }
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        try {
          send(controller, ahead ?? (await events.next()))
          ahead = undefined
        } catch (error) {
          if (gone.signal.aborted) return
          send(controller, { value: jsonEvent('error', reportError(c, error).body) })
          controller.close()
        }
      },
      cancel: async () => {
        gone.abort()
        await events.return(undefined)
      },
    },
    { highWaterMark: 0 },
  )
}

/**
 * Answers with events, each of which is asked for when the client has taken the one before, so that none waits in memory for a client that
 * reads slowly. What is thrown before the first one is answered like any error; later it is the last event, `error`. The signal aborts when
 * the client goes.
 */
export const eventStream = async (
  c: Context<AppEnv>,
  start: (signal: AbortSignal) => AsyncGenerator<ServerEvent>,
): Promise<Response & TypedResponse<never, 200, 'json'>> => {
  // A client that asks for JSON never sees these: to its types they are no answer.
  const answer = (body: ReadableStream | null) => c.newResponse(body, 200, headers) as Response & TypedResponse<never, 200, 'json'>
  const gone = new AbortController()
  const events = start(AbortSignal.any([gone.signal, c.req.raw.signal]))
  const first = await events.next()
  if (c.req.method !== 'HEAD') return answer(streamOf(c, events, first, gone))
  await events.return(undefined)
  return answer(null)
}

/** Whether a request asks for events instead of one JSON answer. */
export const wantsEvents = (c: Context<AppEnv>): boolean => c.req.header('accept')?.includes('text/event-stream') ?? false
