import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { systemRuleIds } from '../../shared/alert/alert-state.ts'
import { aMessage, recordingPost } from '../../shared/node/channels/channels-under-test.ts'
import { createWebhookChannel } from '../../shared/node/channels/create-webhook-channel.ts'
import { metricNames } from '../../shared/snapshot/snapshot.ts'
import { openAlerts } from './alerts-under-test.ts'

const guide = await readFile(new URL('../../docs/alerts.md', import.meta.url), 'utf8')
const blocksOf = (language: string) =>
  [...guide.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms'))].map(([, block]) => block ?? '')
const [ruleSample = '', bodySample = ''] = blocksOf('json')

describe("the guide's rule", () => {
  it('is accepted, previewed and stored as it is written', async () => {
    const site = await openAlerts()
    const rules = [JSON.parse(ruleSample)]
    expect(await site.read('POST /rules/preview', { body: { hours: 24, rules } })).toEqual({ alerts: [] })
    expect(await site.read('PUT /rules', { body: { version: 0, rules } })).toEqual({ version: 1, rules })
    await site.close()
  })

  it('stands among all metrics and system alerts', () => {
    for (const name of [...metricNames, ...systemRuleIds]) expect(guide).toContain(`\`${name}\``)
  })
})

describe("the guide's webhook receiver", async () => {
  type IsGenuine = (headers: Record<string, string>, body: string, secret: string) => boolean
  const sample = blocksOf('js').join('\n')
  const { isGenuine } = (await import(`data:text/javascript;base64,${Buffer.from(sample).toString('base64')}`)) as { isGenuine: IsGenuine }

  const send = async (secret: string, sentAt = new Date()) => {
    const { post, requests } = recordingPost()
    await createWebhookChannel({ url: 'https://hook.example', secret }, { post, now: () => sentAt }).send(aMessage(), AbortSignal.any([]))
    const [request] = requests
    if (!request) throw new Error('nothing was sent')
    return request
  }
  const encoded = `whsec_${Buffer.alloc(32, 9).toString('base64')}`

  it.each([
    ['an encoded secret', encoded],
    ['any other secret', 'sixteen letters ü'],
  ])('takes what is signed with %s, and nothing that was changed', async (_what, secret) => {
    const { headers, body } = await send(secret)
    expect(isGenuine(headers, body, secret)).toBe(true)
    expect(isGenuine({ ...headers, 'webhook-signature': `v1,other ${headers['webhook-signature']}` }, body, secret)).toBe(true)
    expect(isGenuine(headers, `${body} `, secret)).toBe(false)
    expect(isGenuine({ ...headers, 'webhook-id': 'other' }, body, secret)).toBe(false)
    expect(isGenuine({ ...headers, 'webhook-timestamp': String(Number(headers['webhook-timestamp']) + 1) }, body, secret)).toBe(false)
    expect(isGenuine(headers, body, 'the secret of another')).toBe(false)
    expect(isGenuine({}, body, secret)).toBe(false)
  })

  it('refuses what was signed long ago', async () => {
    const { headers, body } = await send(encoded, new Date(Date.now() - 301_000))
    expect(isGenuine(headers, body, encoded)).toBe(false)
  })

  it('gets a body with the fields that the guide shows', async () => {
    type Body = { alerts: [object] }
    const keysOf = (body: Body) => [Object.keys(body), Object.keys(body.alerts[0])]
    expect(keysOf((await send(encoded)).json as Body)).toEqual(keysOf(JSON.parse(bodySample)))
  })
})
