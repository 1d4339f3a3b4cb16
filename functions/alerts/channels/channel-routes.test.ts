import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSealer } from '../../../shared/node/crypto/create-sealer.ts'
import { type AlertsUnderTest, openAlerts, refusalOf, webhook } from '../alerts-under-test.ts'

type Channel = { id: string; version: number; config: Record<string, unknown>; problem: { code: string } | null }

const types = [
  {
    type: 'email',
    config: { to: ['on-call@example.com', 'ops@bücher.example'] },
    shown: { to: ['on-call@example.com', 'ops@bücher.example'] },
    secret: null,
  },
  {
    type: 'slack',
    config: { url: 'https://slack.example/services/slack-secret' },
    shown: { hasUrl: true },
    secret: 'https://slack.example/services/slack-secret',
  },
  {
    type: 'webhook',
    config: webhook.config,
    shown: { url: webhook.config.url, hasSecret: true },
    secret: webhook.config.secret,
  },
  { type: 'pagerduty', config: { routingKey: 'pagerduty-routing-key' }, shown: { hasRoutingKey: true }, secret: 'pagerduty-routing-key' },
]

let site: AlertsUnderTest
beforeEach(async () => {
  site = await openAlerts()
  await site.addPartners('acme', 'globex')
})
afterEach(() => site.close())

const create = (body: unknown) => site.request('POST /channels', { body })
const created = (body: unknown = webhook) => site.read<Channel>('POST /channels', { body })
const patch = (id: string, body: unknown) => site.request(`PATCH /channels/${id}`, { body })
const test = (id: string) => site.read(`POST /channels/${id}/test`, { body: {} })

describe('making a channel', () => {
  it.each(types)('$type: opens for what sends, and shows and stores no secret', async ({ type, config, shown, secret }) => {
    const response = await create({ name: 'On call', type, config })
    expect(response.status).toBe(201)
    const channel = (await response.json()) as Channel
    expect(channel).toMatchObject({ type, name: 'On call', levels: ['CRITICAL', 'HIGH'], partnerIds: null, isActive: true, version: 1 })
    expect(channel.config).toEqual(shown)
    await site.fire('acme')
    await site.pass(0)
    expect(site.sent.map((each) => each.config)).toEqual([{ type, ...config }])
    if (secret === null) return
    const stored = await Promise.all([site.channels.list(), site.audited(), site.outbox.page({}, 100), site.read('GET /channels')])
    expect(JSON.stringify(stored)).not.toContain(secret)
  })

  it.each([
    ['an email channel without an address', { type: 'email', config: { to: [] } }, 'config.to'],
    ['an address that is none', { type: 'email', config: { to: ['on-call'] } }, 'config.to.0'],
    ['a Slack channel without its URL', { type: 'slack', config: {} }, 'config.url'],
    ['a URL of another scheme', { type: 'slack', config: { url: 'file:///etc/passwd' } }, 'config.url'],
    ['a webhook without a secret', { type: 'webhook', config: { url: webhook.config.url } }, 'config.secret'],
    ['a secret that is too short', { type: 'webhook', config: { url: webhook.config.url, secret: 'short' } }, 'config.secret'],
    ['a routing key that is too short', { type: 'pagerduty', config: { routingKey: 'short' } }, 'config.routingKey'],
    ['a type that there is not', { type: 'fax', config: {} }, 'type'],
    ['no level', { ...webhook, levels: [] }, 'levels'],
  ])('refuses %s, and names the field', async (_what, body, path) => {
    const { status, paths } = await refusalOf(await create({ name: 'On call', ...body }))
    expect({ status, path: paths[0] }).toEqual({ status: 422, path })
    expect(await site.channels.list()).toEqual([])
  })

  it('refuses a name that another channel has, in any case', async () => {
    await created()
    expect(await refusalOf(await create({ ...webhook, name: 'HOOK' }))).toEqual({ status: 409, code: 'conflict', paths: ['name'] })
    expect(await site.channels.list()).toHaveLength(1)
  })

  it('refuses email where no mail server is configured', async () => {
    const without = await openAlerts({ hasMail: false })
    const body = { name: 'Mail', type: 'email', config: { to: ['on-call@example.com'] } }
    expect(await refusalOf(await without.request('POST /channels', { body }))).toMatchObject({ status: 422, paths: ['type'] })
    await without.close()
  })
})

describe('changing a channel', () => {
  it('keeps the secret and whatever else is not sent', async () => {
    const { id } = await created()
    const url = 'https://hook.example/elsewhere'
    const changed = await patch(id, { version: 1, isActive: true, config: { url } })
    expect(await changed.json()).toMatchObject({ version: 2, name: 'Hook', config: { url, hasSecret: true } })
    await patch(id, { version: 2, levels: ['CRITICAL'] })
    await test(id)
    expect(site.sent[0]?.config).toEqual({ type: 'webhook', url, secret: webhook.config.secret })
  })

  it('replaces a secret that is sent, and stores and audits it as little as the first', async () => {
    const { id } = await created()
    await patch(id, { version: 1, config: { secret: 'another secret of it' } })
    await test(id)
    expect(site.sent[0]?.config).toEqual({ type: 'webhook', url: webhook.config.url, secret: 'another secret of it' })
    expect(JSON.stringify([await site.channels.list(), await site.audited()])).not.toContain('another secret of it')
    expect((await site.audited()).map((entry) => entry.action)).toEqual(['channel.create', 'channel.update'])
  })

  it('refuses a configuration that would not work, and names the field', async () => {
    const { id } = await created()
    expect(await refusalOf(await patch(id, { version: 1, config: { url: 'hook' } }))).toMatchObject({ status: 422, paths: ['config.url'] })
    expect(await refusalOf(await patch(id, { version: 1, levels: ['NORMAL'] }))).toMatchObject({ status: 422, paths: ['levels.0'] })
    expect((await patch(id, { version: 1, config: { routingKey: 'x'.repeat(20) } })).status).toBe(422)
    expect((await site.channels.find(id))?.version).toBe(1)
  })

  it('asks again for a secret that was sealed under a key that is gone', async () => {
    const { id } = await created()
    const lost = createSealer(new Uint8Array(32).fill(8)).seal('lost', { collection: 'alert_channels', id, field: 'config.secret' })
    await site.channels.update(id, 1, { config: { type: 'webhook', url: webhook.config.url, secret: lost } })
    expect(await test(id)).toMatchObject({ ok: false, code: 'secret' })
    const url = 'https://hook.example/elsewhere'
    expect(await refusalOf(await patch(id, { version: 2, config: { url } }))).toMatchObject({ status: 422, paths: ['config.secret'] })
    expect((await patch(id, { version: 2, config: { url, secret: 'a secret sent again' } })).status).toBe(200)
    await test(id)
    expect(site.sent[0]?.config).toEqual({ type: 'webhook', url, secret: 'a secret sent again' })
  })

  it('refuses a stale version, a taken name and a channel that there is not', async () => {
    const { id } = await created()
    await created({ ...webhook, name: 'Other' })
    expect((await patch(id, { version: 1, name: 'Renamed' })).status).toBe(200)
    expect(await refusalOf(await patch(id, { version: 1, isActive: false }))).toMatchObject({ status: 409, code: 'conflict' })
    expect(await refusalOf(await patch(id, { version: 2, name: 'other' }))).toMatchObject({ status: 409, paths: ['name'] })
    expect((await patch('nothing', { version: 1 })).status).toBe(404)
  })

  it('takes away the mark of a permanent refusal when its configuration changes', async () => {
    const { id } = await created()
    site.answers.push({ ok: false, permanent: true, code: '404', message: 'refused', retryAfterMs: null })
    await site.fire('acme')
    await site.pass(0)
    expect(await site.read<Channel[]>('GET /channels')).toMatchObject([{ id, problem: { code: '404' } }])
    expect(await (await patch(id, { version: 1, config: { url: 'https://hook.example/right' } })).json()).toMatchObject({ problem: null })
  })
})

describe('a channel gets', () => {
  it('only the levels and partners that it takes, and nothing while it is off', async () => {
    await created({ ...webhook, name: 'Acme only', partnerIds: ['acme'] })
    await created({ ...webhook, name: 'High only', levels: ['HIGH'] })
    await created({ ...webhook, name: 'Off', isActive: false })
    await created({ ...webhook, name: 'Escalation', isEscalation: true })
    await site.fire('acme')
    await site.fire('globex', 150)
    await site.pass(0)
    expect(site.sentNotices().toSorted()).toEqual(['Acme only: fired Partner acme', 'High only: fired Partner globex'])
  })
})

describe('deleting a channel or switching it off', () => {
  it('takes a deleted one away for good', async () => {
    const { id } = await created()
    expect((await site.request(`DELETE /channels/${id}`)).status).toBe(204)
    expect(await site.read('GET /channels')).toEqual([])
    expect((await site.request(`DELETE /channels/${id}`)).status).toBe(404)
    expect((await site.audited()).at(-1)).toMatchObject({ action: 'channel.delete', target: { name: 'Hook' } })
  })

  it.each(['DELETE', 'PATCH'])('by %s ends what still waits for it, so that nothing waits for ever', async (method) => {
    const { id } = await created()
    await site.fire('acme')
    await site.request(`${method} /channels/${id}`, method === 'PATCH' ? { body: { version: 1, isActive: false } } : {})
    await site.pass(0)
    expect(site.sent).toEqual([])
    expect(await site.outbox.depth()).toBe(0)
    expect((await site.outbox.page({}, 10)).map(({ state, lastCode }) => ({ state, lastCode }))).toEqual([
      { state: 'dead', lastCode: 'channel-off' },
    ])
  })
})

describe('testing a channel', () => {
  it('sends one real message that says who sent it, and nothing else', async () => {
    const { id } = await created()
    expect(await test(id)).toEqual({ ok: true, code: '200', message: 'The provider accepted the message.' })
    expect(site.sent).toHaveLength(1)
    expect(site.sent[0]?.message.notices).toMatchObject([{ message: 'This is a test of the channel Hook, sent by Ada.', partnerId: null }])
    expect(await site.outbox.depth()).toBe(0)
    expect(await site.read('GET ')).toEqual({ alerts: [], next: null })
  })

  it("shows the provider's code and nothing that it wrote", async () => {
    const { id } = await created()
    const refusal = {
      ok: false,
      permanent: true,
      code: '403',
      message: 'The receiver refused the message (403).',
      retryAfterMs: null,
    } as const
    site.answers.push({ ...refusal, ...{ body: 'what the provider wrote' } })
    expect(await test(id)).toEqual({ ok: false, code: '403', message: refusal.message })
  })

  it('answers 404 for a channel that there is not', async () => {
    expect((await site.request('POST /channels/nothing/test', { body: {} })).status).toBe(404)
    expect(site.sent).toEqual([])
  })
})
