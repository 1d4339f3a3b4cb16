import { readEvents } from '../../ui/src/api/read-events.ts'

/** An event as it arrives, with its data parsed. */
export type ReceivedEvent = { event: string; id: string | null; data: unknown }

/** The events of an answer, read as the UI reads them: each when it is asked for. */
export async function* receivedEvents(response: Response): AsyncGenerator<ReceivedEvent> {
  for await (const { event, id, data } of readEvents(response)) yield { event, id, data: JSON.parse(data) }
}
