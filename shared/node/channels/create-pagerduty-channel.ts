import type { Channel, Notice, SendResult, SentKind } from '../../alert/channel.ts'
import type { Post } from './create-guarded-post.ts'
import { detailsOf, shorten, subjectOf, titleOf } from './describe-notice.ts'

type Action = 'trigger' | 'acknowledge' | 'resolve'

/** https://developer.pagerduty.com/docs/events-api-v2-overview, and the length of its `summary`. */
const eventsUrl = 'https://events.pagerduty.com/v2/enqueue'
const summaryLimit = 1024
const sentAtOnce = 10

const actionsOf: Record<SentKind, readonly Action[]> = {
  fired: ['trigger'],
  repeated: ['trigger'],
  escalated: ['trigger'],
  acknowledged: ['acknowledge'],
  resolved: ['resolve'],
  // PagerDuty drops a resolution of what it does not know.
  'fired-and-resolved': ['trigger', 'resolve'],
}

const severityOf = { CRITICAL: 'critical', HIGH: 'error', MEDIUM: 'warning' } as const

/**
 * Sends one event per alert, with the alert's id as `dedup_key`, so that sending again what went through changes nothing. The first failure
 * that may be tried again ends the message; a refused event does not keep the others from being sent.
 */
export const createPagerdutyChannel = (config: { routingKey: string; url?: string }, post: Post): Channel => {
  const url = config.url ?? eventsUrl
  const sendEvent = (notice: Notice, action: Action, signal: AbortSignal) =>
    post({ url, headers: { 'content-type': 'application/json' }, body: JSON.stringify(eventOf(config.routingKey, notice, action)) }, signal)

  const sendNotice = async (notice: Notice, signal: AbortSignal): Promise<SendResult> => {
    const [first, second] = actionsOf[notice.kind]
    const result = await sendEvent(notice, first ?? 'trigger', signal)
    return result.ok && second ? sendEvent(notice, second, signal) : result
  }

  return {
    send: async ({ notices }, signal) => {
      const results: SendResult[] = []
      for (let start = 0; start < notices.length && !results.some(mayRetry); start += sentAtOnce) {
        const batch = notices.slice(start, start + sentAtOnce)
        results.push(...(await Promise.all(batch.map((notice) => sendNotice(notice, signal)))))
      }
      return results.reduce((worst, result) => (badness(result) > badness(worst) ? result : worst))
    },
    close: () => {},
  }
}

const mayRetry = (result: SendResult): boolean => !result.ok && !result.permanent

const badness = (result: SendResult): number => (result.ok ? 0 : result.permanent ? 1 : 2)

const eventOf = (routingKey: string, notice: Notice, action: Action) => ({
  routing_key: routingKey,
  event_action: action,
  dedup_key: notice.alertId,
  ...(action === 'trigger' && {
    payload: {
      summary: shorten(titleOf(notice), summaryLimit),
      source: subjectOf(notice),
      severity: severityOf[notice.level],
      timestamp: notice.firedAt,
      class: notice.ruleId,
      custom_details: Object.fromEntries(detailsOf(notice)),
    },
  }),
})
