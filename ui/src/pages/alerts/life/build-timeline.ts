import type { AlertView } from '../alert-views.ts'

type AlertEvent = AlertView['events'][number]
type Delivery = AlertView['deliveries'][number]
type Tone = 'critical' | 'ok' | 'accent' | 'idle' | 'high'

export type TimelineEntry = { at: string; kind: AlertEvent['type'] | Delivery['outcome']; tone: Tone; title: string; detail: string | null }

const events: Record<AlertEvent['type'], { tone: Tone; title: string }> = {
  fired: { tone: 'critical', title: 'Fired' },
  notified: { tone: 'accent', title: 'Queued for the channels' },
  repeated: { tone: 'accent', title: 'Repeated' },
  escalated: { tone: 'critical', title: 'Escalated: nobody acknowledged it' },
  acknowledged: { tone: 'accent', title: 'Acknowledged' },
  dismissed: { tone: 'idle', title: 'Dismissed' },
  undismissed: { tone: 'idle', title: 'Dismissal ended' },
  resolved: { tone: 'ok', title: 'Resolved' },
}

const ofEvent = ({ type, at, by, note }: AlertEvent): TimelineEntry => {
  const { tone, title } = events[type]
  return { at, kind: type, tone, title: by ? `${title} by ${by}` : title, detail: note }
}

const outcomes: Record<Delivery['outcome'], { tone: Tone; title: (channel: string) => string }> = {
  sent: { tone: 'ok', title: (channel) => `Sent to ${channel}` },
  retried: { tone: 'high', title: (channel) => `${channel} did not accept it, retrying` },
  dead: { tone: 'critical', title: (channel) => `Gave up on ${channel}` },
}

const ofDelivery = ({ at, outcome, channelName, code, message }: Delivery): TimelineEntry => {
  const { tone, title } = outcomes[outcome]
  return { at, kind: outcome, tone, title: title(channelName), detail: outcome === 'sent' ? `It answered ${code}` : `${code}: ${message}` }
}

/** All that happened to an alert, oldest first: who did what and why, and the result of each delivery. */
export const buildTimeline = (alert: Pick<AlertView, 'events' | 'deliveries'>): TimelineEntry[] =>
  [...alert.events.toSorted((left, right) => left.n - right.n).map(ofEvent), ...alert.deliveries.map(ofDelivery)].sort(
    (left, right) => Date.parse(left.at) - Date.parse(right.at),
  )
