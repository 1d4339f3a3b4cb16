import { createParser } from 'eventsource-parser'
import { ApiError } from './api-error.ts'

export type ServerEvent = { event: string; data: string; id: string | null }
type FailedEvent = { error: { code: string; message: string; requestId: string | null } }

const failureOf = (data: string) => {
  const { code, message, requestId } = (JSON.parse(data) as FailedEvent).error
  return new ApiError(message, { status: 500, code, requestId })
}

/**
 * The server-sent events of an answer, as they arrive. Ends with the answer; throws what breaks it.
 * @throws ApiError for the event `error`, with which the server ends what failed midway
 */
export async function* readEvents(response: Response): AsyncGenerator<ServerEvent> {
  if (!response.body) return
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  const arrived: ServerEvent[] = []
  const parser = createParser({ onEvent: ({ event = 'message', data, id = null }) => arrived.push({ event, data, id }) })
  try {
    for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
      parser.feed(decoder.decode(value, { stream: true }))
      for (const event of arrived.splice(0)) {
        if (event.event === 'error') throw failureOf(event.data)
        yield event
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}
