import { describe, expect, test } from 'vitest'
import type { NoticeKind } from '../../../shared/alert/alert-state.ts'
import type { OutboxRow } from '../../../shared/node/mongo/alerts/alert-outbox.ts'
import { planMessage } from './plan-message.ts'

const minute = (n: number) => new Date(Date.UTC(2026, 2, 2, 12, n))

const row = (alertId: string, n: number, notice: NoticeKind): OutboxRow => ({
  _id: `${alertId}:${n}:slack`,
  channelId: 'slack',
  channelName: 'Slack',
  alertId,
  partnerId: 'acme',
  partnerName: 'Acme',
  event: {
    key: `${alertId}:${n}`,
    n,
    type: notice === 'fired' ? 'notified' : notice,
    at: minute(n),
    by: null,
    note: notice === 'acknowledged' ? 'I look' : null,
    notice,
    toEscalation: false,
    alert: {
      id: alertId,
      ruleId: 'deep-queue',
      level: 'HIGH',
      message: `message ${n}`,
      firedAt: minute(1),
      events: n,
      notifiedAt: minute(1),
      lastNotifiedAt: null,
      escalatedAt: null,
      acknowledged: null,
      dismissed: null,
      inhibitedBy: null,
      resolvedAt: notice === 'resolved' ? minute(n) : null,
    },
  },
  state: 'pending',
  createdAt: minute(n),
  messageId: 'm1',
  begunAt: minute(9),
  attempts: 0,
  lastCode: null,
  endedAt: null,
})
const plan = (...[first, ...rest]: [OutboxRow, ...OutboxRow[]]) => planMessage('m1', [first, ...rest], minute(9))
const kinds = (...rows: [OutboxRow, ...OutboxRow[]]) => plan(...rows).notices.map(({ alertId, kind }) => `${alertId} ${kind}`)

describe('planning a message', () => {
  test('says what happened as it was then', () => {
    expect(plan(row('a', 2, 'fired'))).toEqual({
      id: 'm1',
      at: minute(9),
      notices: [
        {
          alertId: 'a',
          kind: 'fired',
          level: 'HIGH',
          ruleId: 'deep-queue',
          partnerId: 'acme',
          partnerName: 'Acme',
          message: 'message 2',
          firedAt: minute(1),
          resolvedAt: null,
          note: null,
        },
      ],
    })
  })

  test('makes one of a firing and its resolution', () => {
    expect(plan(row('a', 2, 'fired'), row('a', 3, 'resolved')).notices).toMatchObject([
      { kind: 'fired-and-resolved', message: 'message 3', resolvedAt: minute(3) },
    ])
    expect(kinds(row('a', 2, 'fired'), row('a', 3, 'repeated'), row('a', 4, 'resolved'))).toEqual(['a fired-and-resolved'])
  })

  test('sends the last of what happened to an alert that was sent before', () => {
    expect(plan(row('a', 3, 'repeated'), row('a', 4, 'repeated')).notices).toMatchObject([{ kind: 'repeated', message: 'message 4' }])
    expect(kinds(row('a', 3, 'repeated'), row('a', 4, 'resolved'))).toEqual(['a resolved'])
    expect(plan(row('a', 3, 'acknowledged')).notices).toMatchObject([{ kind: 'acknowledged', note: 'I look' }])
  })

  test('sends a firing that was repeated or acknowledged before it was sent as a firing', () => {
    expect(kinds(row('a', 2, 'fired'), row('a', 3, 'repeated'))).toEqual(['a fired'])
    expect(plan(row('a', 2, 'fired'), row('a', 3, 'acknowledged')).notices).toMatchObject([{ kind: 'fired', note: 'I look' }])
  })

  test('lists each alert once', () => {
    expect(kinds(row('a', 2, 'fired'), row('a', 3, 'resolved'), row('b', 2, 'fired'), row('c', 5, 'resolved'))).toEqual([
      'a fired-and-resolved',
      'b fired',
      'c resolved',
    ])
  })
})
