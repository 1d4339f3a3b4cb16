import { expect, test } from 'vitest'
import { aMessage, aNotice, recordingPost } from './channels-under-test.ts'
import { createSlackChannel } from './create-slack-channel.ts'

type Body = { text: string; blocks: { type: string; text: { type: string; text: string } }[] }

const url = 'https://hooks.slack.example/services/T/B/x'
const sentFor = async (...notices: Parameters<typeof aMessage>) => {
  const { post, requests } = recordingPost()
  await createSlackChannel({ url }, post).send(aMessage(...notices), AbortSignal.any([]))
  expect(requests).toHaveLength(1)
  return { request: requests[0], body: requests[0]?.json as Body }
}

test('posts a section per alert and a line for notifications', async () => {
  const { request, body } = await sentFor(aNotice({ kind: 'acknowledged', note: 'looking' }))
  expect(request).toMatchObject({ url, headers: { 'content-type': 'application/json' } })
  expect(body.text).toBe('Acknowledged: [CRITICAL] Acme: 250 calls wait while only 10 % of the capacity is used')
  expect(body.blocks.map((block) => block.text.text)).toEqual([
    `🔴 *${body.text}*\nRule: queue-high-utilization-low\nFired: 2026-03-01 12:00:00 UTC\nNote: looking`,
  ])
})

test('lets no text become a mention, a link or an entity', async () => {
  const { body } = await sentFor(aNotice({ partnerName: '<!channel>', message: '<https://evil.example|ok> & more', note: '<@U1>' }))
  const sent = JSON.stringify(body)
  expect(sent).not.toMatch(/[<>]/)
  expect(body.blocks[0]?.text.text).toContain('&lt;!channel&gt;: &lt;https://evil.example|ok&gt; &amp; more')
  expect(body.blocks[0]?.text.text).toContain('Note: &lt;@U1&gt;')
})

test('stays within the blocks of a message and says how many alerts are left out', async () => {
  const { body } = await sentFor(...Array.from({ length: 60 }, () => aNotice()))
  expect(body.blocks).toHaveLength(50)
  expect(body.blocks[0]?.text.text).toBe('*60 alerts: 60 CRITICAL (Acme)*')
  expect(body.blocks[49]?.text.text).toBe('… and 12 more')
  expect((await sentFor(...Array.from({ length: 48 }, () => aNotice()))).body.blocks).toHaveLength(49)
})

test.each([0, 1, 2, 3, 4])('cuts long texts to the length of a section, not through an entity (shifted by %d)', async (shift) => {
  const { body } = await sentFor(aNotice({ message: `${'x'.repeat(shift)}${'&'.repeat(4000)}` }))
  for (const text of [body.text, ...body.blocks.map((block) => block.text.text)]) {
    expect(text.length).toBeLessThanOrEqual(3000)
    expect(text.replaceAll('&amp;', '')).not.toContain('&')
  }
})
