import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { aMessage, aNotice, recordingPost } from './channels-under-test.ts'
import { createWebhookChannel } from './create-webhook-channel.ts'

const url = 'https://receiver.example/hook'
const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`
const sentFor = async (message: ReturnType<typeof aMessage>, options: { secret?: string; now?: Date } = {}) => {
  const { post, requests } = recordingPost()
  const channel = createWebhookChannel({ url, secret: options.secret ?? secret }, { post, now: () => options.now ?? new Date() })
  await channel.send(message, AbortSignal.any([]))
  const [request] = requests
  if (!request) throw new Error('nothing was sent')
  return request
}

test.each([
  ['an encoded secret', secret, secret],
  ['a secret that is any text', 'sixteen letters ü', Buffer.from('sixteen letters ü').toString('base64')],
])("is verified by the form's own library with %s", async (_what, given, receiver) => {
  const { headers, body } = await sentFor(aMessage(), { secret: given })
  expect(new Webhook(receiver).verify(body, headers)).toEqual(JSON.parse(body))
  expect(() => new Webhook(receiver).verify(`${body} `, headers)).toThrow()
  expect(() => new Webhook(receiver).verify(body, { ...headers, 'webhook-id': 'message-2' })).toThrow()
})

test('signs every try with its own time and the same id, so that a late try is not taken for a replay', async () => {
  const message = aMessage()
  const first = await sentFor(message, { now: new Date('2026-03-01T12:00:05.900Z') })
  const late = await sentFor(message)
  expect(first.headers).toMatchObject({ 'webhook-id': 'message-1', 'webhook-timestamp': '1772366405' })
  expect(late.headers['webhook-id']).toBe('message-1')
  expect(late.body).toBe(first.body)
  expect(new Webhook(secret).verify(late.body, late.headers)).toBeDefined()
  expect(() => new Webhook(secret).verify(first.body, first.headers)).toThrow('too old')
})

test('tells one alert with all that is known of it', async () => {
  const notice = aNotice({ kind: 'resolved', resolvedAt: new Date('2026-03-01T12:30:00Z'), note: 'done' })
  expect((await sentFor(aMessage(notice))).json).toEqual({
    id: 'message-1',
    type: 'alert.resolved',
    at: '2026-03-01T12:00:05.000Z',
    alerts: [
      {
        id: 'alert-1',
        type: 'alert.resolved',
        level: 'CRITICAL',
        ruleId: 'queue-high-utilization-low',
        partnerId: 'partner-1',
        partnerName: 'Acme',
        message: '250 calls wait while only 10 % of the capacity is used',
        firedAt: '2026-03-01T12:00:00.000Z',
        resolvedAt: '2026-03-01T12:30:00.000Z',
        note: 'done',
      },
    ],
  })
})

test('tells several alerts, each with what happened to it', async () => {
  const { json } = await sentFor(aMessage(aNotice(), aNotice({ alertId: 'alert-2', kind: 'fired-and-resolved' })))
  expect(json).toMatchObject({
    type: 'alerts',
    alerts: [
      { id: 'alert-1', type: 'alert.fired' },
      { id: 'alert-2', type: 'alert.fired-and-resolved' },
    ],
  })
})
