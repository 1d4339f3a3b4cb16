import type { Message, Notice, SentKind } from '../../alert/channel.ts'
import { isolateName } from '../../isolate-name.ts'
import { firingLevels } from '../../snapshot/snapshot.ts'

const prefixOf: Record<SentKind, string> = {
  fired: '',
  repeated: 'Still firing: ',
  escalated: 'Escalated: ',
  acknowledged: 'Acknowledged: ',
  resolved: 'Resolved: ',
  'fired-and-resolved': 'Fired and resolved: ',
}

const namedSubjects = 3

/** What an alert is about: the partner's name, or the fleet. */
export const subjectOf = (notice: Notice): string => notice.partnerName ?? 'The fleet'

/** Whether this notice ends an alert. */
export const isOver = ({ kind }: Notice): boolean => kind === 'resolved' || kind === 'fired-and-resolved'

/** One line about a notice: `[CRITICAL] Acme: 250 calls wait`, `Resolved: [CRITICAL] Acme: 250 calls wait`. */
export const titleOf = (notice: Notice): string =>
  oneLine(`${prefixOf[notice.kind]}[${notice.level}] ${isolateName(subjectOf(notice))}: ${notice.message}`)

/** One line about a message: its only notice's title, else `3 alerts: 1 CRITICAL, 1 HIGH, 1 resolved (Acme, Globex)`. */
export const summaryOf = ({ notices }: Message): string => {
  if (notices.length === 1) return titleOf(notices[0])
  const firing = notices.filter((notice) => !isOver(notice))
  const counts = [
    ...firingLevels.map((level) => [firing.filter((notice) => notice.level === level).length, level] as const),
    [notices.length - firing.length, 'resolved'] as const,
  ]
  const told = counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`)
  const subjects = [...new Set(notices.map((notice) => isolateName(subjectOf(notice))))]
  const more = subjects.length > namedSubjects ? [`${subjects.length - namedSubjects} more`] : []
  return oneLine(`${notices.length} alerts: ${told.join(', ')} (${[...subjects.slice(0, namedSubjects), ...more].join(', ')})`)
}

/** What is known of an alert beside its title, as labels and values. Times are UTC. */
export const detailsOf = ({ ruleId, firedAt, resolvedAt, note }: Notice): [label: string, value: string][] => [
  ['Rule', ruleId],
  ['Fired', formatTime(firedAt)],
  ...(resolvedAt ? [['Resolved', formatTime(resolvedAt)] satisfies [string, string]] : []),
  ...(note ? [['Note', note] satisfies [string, string]] : []),
]

/** `text` in at most `limit` UTF-16 units; what was cut shows as an ellipsis. */
export const shorten = (text: string, limit: number): string =>
  text.length <= limit ? text : `${text.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, '')}…`

const oneLine = (text: string): string =>
  text
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .toWellFormed()

const formatTime = (time: Date): string => `${time.toISOString().slice(0, 19).replace('T', ' ')} UTC`
