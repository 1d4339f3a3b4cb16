import { describe, expect, test } from 'vitest'
import { openApp } from './app-under-test.ts'

describe('a JSON body', () => {
  const send = (text: string, type = 'application/json') =>
    openApp().request('/json', { method: 'POST', body: text, headers: { 'Content-Type': type, 'Content-Length': String(text.length) } })

  test('that is malformed answers 400', async () => {
    expect(await (await send('{"name":')).json()).toMatchObject({ error: { code: 'bad_request' } })
  })

  test('that is declared as something else answers 400', async () => {
    expect(await (await send('name=x', 'text/plain')).json()).toMatchObject({ error: { code: 'bad_request' } })
  })

  test('that fails its schema names each field by its dotted path, unknown ones included', async () => {
    const response = await send('{"name":5,"nested":{"size":1.5,"colour":1},"a":1,"b":2}')
    expect(response.status).toBe(422)
    const { error } = (await response.json()) as { error: { issues: { path: string }[] } }
    expect(error.issues.map(({ path }) => path).sort()).toEqual(['a', 'b', 'name', 'nested.colour', 'nested.size'])
  })

  test.each(['{"name":"a\\ud800","nested":{"size":1}}', '{"name":"\\udc00a","nested":{"size":1}}'])(
    'that holds half a character names the field: %s',
    async (text) => {
      const response = await send(text)
      expect(response.status).toBe(422)
      expect(await response.json()).toMatchObject({ error: { code: 'invalid', issues: [{ path: 'name' }] } })
      expect((await send('{"name":"a \\ud83d\\ude80","nested":{"size":1}}')).status).toBe(200)
    },
  )
})
