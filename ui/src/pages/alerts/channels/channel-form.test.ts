import { expect, test } from 'vitest'
import { ChannelPatch, NewChannel } from '../../../../../functions/alerts/channels/schema.ts'
import type { ChannelView } from '../alert-views.ts'
import { channelValues, makeWebhookSecret, newChannelValues, patchSchema, toChannelPatch, toNewChannel } from './channel-form.ts'

const hook: ChannelView = {
  id: 'c',
  type: 'webhook',
  name: 'Hook',
  isActive: true,
  levels: ['CRITICAL'],
  partnerIds: ['acme'],
  isEscalation: true,
  config: { url: 'https://receiver.example/hook', hasSecret: true },
  problem: null,
  version: 3,
  createdAt: '2026-03-02T12:00:00.000Z',
  updatedAt: '2026-03-02T12:00:00.000Z',
}

test.each([
  ['email', { to: 'a@x.example, b@x.example\nc@x.example' }, { to: ['a@x.example', 'b@x.example', 'c@x.example'] }],
  ['slack', { url: ' https://hooks.slack.example/T/B ' }, { url: 'https://hooks.slack.example/T/B' }],
  ['webhook', { url: 'https://x.example', secret: 'sixteen letters!' }, { url: 'https://x.example', secret: 'sixteen letters!' }],
  ['pagerduty', { routingKey: 'R'.repeat(32) }, { routingKey: 'R'.repeat(32) }],
] as const)('a new %s channel has the configuration of its type only', (type, fields, config) => {
  const sent = toNewChannel({ ...newChannelValues, name: 'On call', url: 'https://other.example', to: 'other@x.example', ...fields, type })
  expect(sent).toMatchObject({ type, config })
  expect(NewChannel.safeParse(sent).success).toBe(true)
})

test('a change keeps the secret that is left empty, and sends one that is entered', () => {
  const values = channelValues(hook)
  expect(values.secret).toBe('')
  expect(toChannelPatch(values, 3)).toEqual({
    version: 3,
    name: 'Hook',
    isActive: true,
    levels: ['CRITICAL'],
    partnerIds: ['acme'],
    isEscalation: true,
    config: { url: 'https://receiver.example/hook' },
  })
  const changed = toChannelPatch({ ...values, secret: 'another sixteen letters' }, 3)
  expect(changed.config).toEqual({ url: 'https://receiver.example/hook', secret: 'another sixteen letters' })
  expect(ChannelPatch.safeParse(changed).success).toBe(true)
})

test('a change is held to the fields of its type', () => {
  const issues = patchSchema('webhook').safeParse({ version: 1, config: { url: 'ftp://x.example', secret: 'short' } }).error?.issues
  expect(issues?.map(({ path }) => path.join('.'))).toEqual(['config.url', 'config.secret'])
})

test('a secret that is made here can sign, and is another each time', () => {
  const secret = makeWebhookSecret()
  const sent = toNewChannel({ ...newChannelValues, name: 'Hook', type: 'webhook', url: 'https://x.example', secret })
  expect(NewChannel.safeParse(sent).success).toBe(true)
  expect(makeWebhookSecret()).not.toBe(secret)
})
