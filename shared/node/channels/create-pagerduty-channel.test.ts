import { expect, test } from 'vitest'
import type { SendResult } from '../../alert/channel.ts'
import { aMessage, aNotice, recordingPost } from './channels-under-test.ts'
import { createPagerdutyChannel } from './create-pagerduty-channel.ts'

const signal = new AbortController().signal
const failure = (code: string, permanent: boolean): SendResult => ({
  ok: false,
  permanent,
  code,
  message: '',
  retryAfterMs: permanent ? null : 5000,
})
const sent = async (message: ReturnType<typeof aMessage>, ...answers: SendResult[]) => {
  const { post, requests } = recordingPost(...answers)
  const result = await createPagerdutyChannel({ routingKey: 'key-1' }, post).send(message, signal)
  const events = requests.map((request) => request.json as Record<string, unknown>)
  return { result, requests, events, steps: events.map((event) => `${event['event_action']} ${event['dedup_key']}`) }
}

test.each([
  ['fired', ['trigger alert-1']],
  ['repeated', ['trigger alert-1']],
  ['escalated', ['trigger alert-1']],
  ['acknowledged', ['acknowledge alert-1']],
  ['resolved', ['resolve alert-1']],
  ['fired-and-resolved', ['trigger alert-1', 'resolve alert-1']],
] as const)('tells %s about the incident of the alert', async (kind, steps) => {
  expect((await sent(aMessage(aNotice({ kind })))).steps).toEqual(steps)
})

test.each([
  ['CRITICAL', 'critical'],
  ['HIGH', 'error'],
  ['MEDIUM', 'warning'],
] as const)('triggers %s as %s with what is known', async (level, severity) => {
  const { requests, events } = await sent(aMessage(aNotice({ level, note: 'looking' })))
  expect(requests[0]?.url).toBe('https://events.pagerduty.com/v2/enqueue')
  expect(events[0]).toEqual({
    routing_key: 'key-1',
    event_action: 'trigger',
    dedup_key: 'alert-1',
    payload: {
      summary: `[${level}] Acme: 250 calls wait while only 10 % of the capacity is used`,
      source: 'Acme',
      severity,
      timestamp: '2026-03-01T12:00:00.000Z',
      class: 'queue-high-utilization-low',
      custom_details: { Rule: 'queue-high-utilization-low', Fired: '2026-03-01 12:00:00 UTC', Note: 'looking' },
    },
  })
})

test('keeps the summary within its length', async () => {
  const { events } = await sent(aMessage(aNotice({ message: 'x'.repeat(5000) })))
  expect(events[0]?.['payload']).toMatchObject({ summary: expect.stringMatching(/^.{1023}…$/) })
})

const many = (count: number) => aMessage(...Array.from({ length: count }, (_, index) => aNotice({ alertId: `alert-${index}` })))

test('sends every alert of a message', async () => {
  const { result, steps } = await sent(many(25))
  expect(result).toEqual({ ok: true, code: '200' })
  expect(new Set(steps).size).toBe(25)
})

test('answers with the failure that may be tried again, and leaves the rest for then', async () => {
  const { result, steps } = await sent(many(25), failure('400', true), failure('429', false))
  expect(result).toEqual(failure('429', false))
  expect(steps.length).toBeLessThan(25)
})

test('sends the other alerts when one is refused, and says that it was', async () => {
  const { result, steps } = await sent(many(25), failure('400', true))
  expect(result).toEqual(failure('400', true))
  expect(steps).toHaveLength(25)
})

test('does not resolve what could not be triggered', async () => {
  const { steps } = await sent(aMessage(aNotice({ kind: 'fired-and-resolved' })), failure('503', false))
  expect(steps).toEqual(['trigger alert-1'])
})
