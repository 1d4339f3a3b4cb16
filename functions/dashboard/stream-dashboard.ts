import type { Events } from '../../shared/http/event-stream.ts'
import { untilAborted } from '../../shared/until-aborted.ts'
import type { DashboardFeed } from './create-dashboard-feed.ts'

export type StreamDashboardDeps = {
  dashboardFeed: DashboardFeed
  stopping: AbortSignal
  monotonicMs: () => number
}

const heartbeatMs = 15_000

/**
 * The dashboard, then what changes. A slow client gets later changes merged into one. It ends when the client goes, and at once when the
 * process stops.
 */
export async function* streamDashboard(
  { dashboardFeed: feed, stopping, monotonicMs }: StreamDashboardDeps,
  client: { lastEventId: string | undefined; signal: AbortSignal },
): Events {
  await feed.refresh()
  const ending = AbortSignal.any([client.signal, stopping])
  let known = client.lastEventId
  let toldAtMs = Number.NEGATIVE_INFINITY
  while (!client.signal.aborted) {
    if (stopping.aborted) return yield { event: 'end', data: '{"reason":"stopping"}' }
    const update = feed.updateAfter(known)
    if (update) {
      yield update.bytes
      known = update.id
      toldAtMs = update.at === feed.knownAt() ? monotonicMs() : Number.NEGATIVE_INFINITY
      // A dashboard that was made for another client lacks what changed since.
      if (update.at !== feed.knownAt()) continue
    } else if (monotonicMs() - toldAtMs >= heartbeatMs) {
      yield { event: 'heartbeat', data: `{"at":"${feed.knownAt()}"}` }
      toldAtMs = monotonicMs()
    }
    await untilAborted(feed.nextTick(), ending)
  }
}
