import { createParser } from 'eventsource-parser'

export type ServerEvent = { event: string; data: string; id: string | null }

/** The server-sent events of an answer, as they arrive. Ends with the answer; throws what breaks it. */
export async function* readEvents(response: Response): AsyncGenerator<ServerEvent> {
  if (!response.body) return
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  const arrived: ServerEvent[] = []
  const parser = createParser({ onEvent: ({ event = 'message', data, id = null }) => arrived.push({ event, data, id }) })
  try {
    for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
      parser.feed(decoder.decode(value, { stream: true }))
      yield* arrived.splice(0)
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}
