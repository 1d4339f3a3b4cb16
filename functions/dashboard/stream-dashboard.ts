import type { ServerEvent } from '../../shared/http/event-stream.ts'
import { untilAborted } from '../../shared/until-aborted.ts'
import type { DashboardFeed } from './create-dashboard-feed.ts'

export type StreamDashboardDeps = {
  dashboardFeed: DashboardFeed
  stopping: AbortSignal
  monotonicMs: () => number
}

const heartbeatMs = 15_000
/** How long a session that ended may still be served. */
const checkMs = 5_000

/**
 * The dashboard, then what changes. A slow client gets later changes merged into one. It ends when the client goes, when
 * `isAllowed` says no, and at once when the process stops.
 */
export async function* streamDashboard(
  { dashboardFeed: feed, stopping, monotonicMs }: StreamDashboardDeps,
  client: { lastEventId: string | undefined; isAllowed: () => Promise<boolean>; signal: AbortSignal },
): AsyncGenerator<ServerEvent> {
  await feed.refresh()
  const ending = AbortSignal.any([client.signal, stopping])
  let known = client.lastEventId
  let toldAtMs = Number.NEGATIVE_INFINITY
  let checkedAtMs = monotonicMs()
  while (!client.signal.aborted) {
    if (stopping.aborted) return yield { event: 'end', data: '{"reason":"stopping"}' }
    if (monotonicMs() - checkedAtMs >= checkMs) {
      if (!(await client.isAllowed())) return yield { event: 'end', data: '{"reason":"unauthenticated"}' }
      checkedAtMs = monotonicMs()
    }
    const update = feed.updateAfter(known)
    if (update || monotonicMs() - toldAtMs >= heartbeatMs) {
      yield update ?? { event: 'heartbeat', data: `{"at":"${feed.knownAt()}"}` }
      known = update?.id ?? known
      toldAtMs = monotonicMs()
    }
    await untilAborted(feed.nextTick(), ending)
  }
}
