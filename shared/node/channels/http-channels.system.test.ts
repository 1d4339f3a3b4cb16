import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import type { Channel } from '../../alert/channel.ts'
import { aMessage, aNotice, startListener } from './channels-under-test.ts'
import { createGuardedPost } from './create-guarded-post.ts'
import { createPagerdutyChannel } from './create-pagerduty-channel.ts'
import { createSlackChannel } from './create-slack-channel.ts'
import { createWebhookChannel } from './create-webhook-channel.ts'

const now = () => new Date()
const post = createGuardedPost({ allowPrivate: true, now })
const secret = 'a secret of enough letters'
const channels: [name: string, create: (url: string) => Channel][] = [
  ['slack', (url) => createSlackChannel({ url }, post)],
  ['webhook', (url) => createWebhookChannel({ url, secret }, { post, now })],
  ['pagerduty', (url) => createPagerdutyChannel({ routingKey: 'key-1', url }, post)],
]
const never = new AbortController().signal

/** Answers with `statuses` in turn, then with 200. */
const listen = async (...statuses: number[]) => {
  return startListener((response) => response.writeHead(statuses.shift() ?? 200, { 'retry-after': '7' }).end('ok'))
}

test.each(channels)('%s delivers, learns when to try again, and delivers the same again', async (_name, create) => {
  const { url, received } = await listen(200, 429, 200)
  const channel = create(url)
  const message = aMessage(aNotice({ partnerName: 'Ärzte & Söhne 🎧' }))
  expect(await channel.send(message, never)).toEqual({ ok: true, code: '200' })
  expect(await channel.send(message, never)).toMatchObject({ ok: false, permanent: false, code: '429', retryAfterMs: 7000 })
  expect(await channel.send(message, never)).toEqual({ ok: true, code: '200' })
  channel.close()
  expect(received).toHaveLength(3)
  expect(new Set(received.map(({ body }) => body)).size).toBe(1)
})

test.each(channels)('%s reports a refusal without what was sent or answered', async (_name, create) => {
  const { url } = await listen(400)
  const result = await create(url).send(aMessage(), never)
  expect(result).toMatchObject({ ok: false, permanent: true, code: '400' })
  expect(JSON.stringify(result)).not.toMatch(/key-1|a secret|127\.0\.0\.1/)
})

test('a webhook is verified as it comes from the wire', async () => {
  const { url, received } = await listen()
  await createWebhookChannel({ url, secret }, { post, now }).send(aMessage(aNotice({ partnerName: 'Ärzte & Söhne 🎧' })), never)
  const { headers, body } = received[0] ?? { headers: {}, body: '' }
  const signed = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
  expect(new Webhook(Buffer.from(secret).toString('base64')).verify(body, signed)).toMatchObject({
    alerts: [{ partnerName: 'Ärzte & Söhne 🎧' }],
  })
})

test('a PagerDuty message whose second event has to wait is sent again whole, under the same keys', async () => {
  const { url, received } = await listen(202, 503)
  const channel = createPagerdutyChannel({ routingKey: 'key-1', url }, post)
  const message = aMessage(aNotice({ alertId: 'alert-1' }), aNotice({ alertId: 'alert-2' }))
  expect(await channel.send(message, never)).toMatchObject({ ok: false, permanent: false, code: '503' })
  expect(await channel.send(message, never)).toMatchObject({ ok: true })
  expect(received.map(({ body }) => JSON.parse(body).dedup_key).sort()).toEqual(['alert-1', 'alert-1', 'alert-2', 'alert-2'])
})
