import type { Message, Notice } from '../../../shared/alert/channel.ts'
import type { OutboxRow } from '../../../shared/node/mongo/alerts/alert-outbox.ts'

const noticeOf = (row: OutboxRow, kind: Notice['kind']): Notice => {
  const { alert, note, at, type } = row.event
  return {
    alertId: row.alertId,
    kind,
    level: alert.level,
    ruleId: alert.ruleId,
    partnerId: row.partnerId,
    partnerName: row.partnerName,
    message: alert.message,
    firedAt: alert.firedAt,
    resolvedAt: alert.resolvedAt ?? (type === 'resolved' ? at : null),
    note,
  }
}

/** One notice per alert: a firing and its resolution that wait together become one that says both; only the last of several repeats is sent. */
export const planMessage = (id: string, rows: readonly [OutboxRow, ...OutboxRow[]], at: Date): Message => {
  const byAlert = Map.groupBy(rows, (row) => row.alertId)
  const notices = [...byAlert.values()].flatMap((group) => {
    const last = group.at(-1)
    if (!last?.event.notice) return []
    const fired = group.some((row) => row.event.notice === 'fired')
    if (fired && last.event.notice === 'resolved') return [noticeOf(last, 'fired-and-resolved')]
    return [noticeOf(last, fired ? 'fired' : last.event.notice)]
  })
  const [first, ...others] = notices
  return { id, at, notices: [first ?? noticeOf(rows[0], 'fired'), ...others] }
}
