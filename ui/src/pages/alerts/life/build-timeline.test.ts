import { expect, test } from 'vitest'
import type { AlertEventType } from '../../../../../shared/alert/alert-state.ts'
import { buildTimeline } from './build-timeline.ts'

const at = (second: number) => new Date(Date.UTC(2026, 2, 2, 12, 0, second)).toISOString()
const event = (n: number, type: AlertEventType, second: number, by: string | null = null, note: string | null = null) => ({
  n,
  type,
  at: at(second),
  by,
  note,
})
const delivery = (outcome: 'sent' | 'retried' | 'dead', second: number, code: string, message = '') => ({
  rowId: 'r',
  channelId: 'c',
  channelName: 'On call',
  at: at(second),
  outcome,
  code,
  message,
})

test('events and deliveries are one story, oldest first; at the same moment an event goes before what it caused', () => {
  const timeline = buildTimeline({
    events: [event(3, 'resolved', 9), event(1, 'fired', 0), event(2, 'notified', 0)],
    deliveries: [delivery('sent', 3, '202'), delivery('retried', 0, '503', 'busy')],
  })
  expect(timeline.map(({ title, detail }) => [title, detail])).toEqual([
    ['Fired', null],
    ['Queued for the channels', null],
    ['On call did not accept it, retrying', '503: busy'],
    ['Sent to On call', 'It answered 202'],
    ['Resolved', null],
  ])
})

test('says who did it and why', () => {
  const events = [event(1, 'acknowledged', 0, 'Ada', 'on it'), event(2, 'dismissed', 1, 'Bo', 'known'), event(3, 'undismissed', 2, 'Ada')]
  expect(buildTimeline({ events, deliveries: [] }).map(({ title, detail }) => [title, detail])).toEqual([
    ['Acknowledged by Ada', 'on it'],
    ['Dismissed by Bo', 'known'],
    ['Dismissal ended by Ada', null],
  ])
})

test('a dead delivery shows its code', () => {
  expect(buildTimeline({ events: [], deliveries: [delivery('dead', 0, '410', 'gone')] })[0]).toMatchObject({
    title: 'Gave up on On call',
    detail: '410: gone',
    tone: 'critical',
  })
})
