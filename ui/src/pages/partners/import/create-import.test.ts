import { createRoot } from 'solid-js'
import { expect, test } from 'vitest'
import { createClient } from '../../../api/client.ts'
import { createImport, formatOf } from './create-import.ts'

const withImport = (answer: (url: string) => Response, use: (model: ReturnType<typeof createImport>, sent: string[]) => Promise<void>) =>
  createRoot(async (dispose) => {
    const sent: string[] = []
    const client = createClient(async (input, init) => {
      sent.push(`${String(input)} ${new Headers(init?.headers).get('content-type')} ${String(init?.body)}`)
      return answer(String(input))
    })
    await use(createImport(client), sent)
    dispose()
  })

test.each([
  [' \n[{}]', 'json'],
  ['{}', 'json'],
  ['partnerName,db.host\n', 'csv'],
  ['sep=;\npartnerName;db.host\n', 'csv'],
  ['partnerName,db.host\nHost a,b\nhost b,c', 'csv'],
  ['# mine\nUser ops\n\nhost = acme\n', 'ssh-config'],
] as const)('tells the format of %j: %s', (text, format) => {
  expect(formatOf(text)).toBe(format)
})

test('sends a file byte by byte, whatever its encoding', () => {
  const file = new File([new Uint8Array([0x5a, 0x6f, 0xeb])], 'partners.csv')
  return withImport(
    () => Response.json({ dryRun: true, rows: 1, created: [], errors: [] }),
    async (model, sent) => {
      await model.take(file)
      await model.check()
      expect([model.format(), sent[0]]).toEqual(['csv', '/api/partners/import?dryRun=true text/csv [object File]'])
      model.enter('[]')
      expect([model.format(), model.file()]).toEqual(['json', undefined])
    },
  )
})

test('imports only after a dry run of the same text that found nothing', () =>
  withImport(
    (url) => Response.json({ dryRun: url.includes('dryRun=true'), rows: 1, created: [], errors: [] }),
    async (model, sent) => {
      model.enter('partnerName\nAcme\n')
      await model.check()
      expect(model.checked()?.rows).toBe(1)
      model.enter('partnerName\nAcme 2\n')
      expect(model.checked()).toBeUndefined()
      await model.check()
      expect(await model.run()).toMatchObject({ dryRun: false })
      expect(sent).toEqual([
        '/api/partners/import?dryRun=true text/csv partnerName\nAcme\n',
        '/api/partners/import?dryRun=true text/csv partnerName\nAcme 2\n',
        '/api/partners/import?dryRun=false text/csv partnerName\nAcme 2\n',
      ])
    },
  ))

test('shows what a dry run finds by row and field, and does not offer the import', () => {
  const errors = [{ row: 2, path: 'db.host', message: 'is required' }]
  return withImport(
    () => Response.json({ dryRun: true, rows: 2, created: [], errors }),
    async (model) => {
      model.enter('[{}, {}]')
      await model.check()
      expect([model.problems(), model.checked()]).toEqual([errors, undefined])
    },
  )
})

test('shows what an import refuses by row and field, and the whole as an error', () => {
  const issues = [
    { path: '3.ssh.host', message: 'is required when SSH is enabled' },
    { path: '4', message: 'must be an object' },
  ]
  const refusal = (more: object) => Response.json({ error: { code: 'invalid', message: 'No.', requestId: 'r1', ...more } }, { status: 422 })
  return withImport(
    (url) => (url.includes('dryRun=true') ? refusal({}) : refusal({ issues })),
    async (model) => {
      model.enter('unknownColumn\n1\n')
      await model.check()
      expect([model.error(), model.problems()]).toEqual([expect.objectContaining({ message: 'No.', requestId: 'r1' }), []])
      expect(await model.run()).toBeNull()
      expect(model.problems()).toEqual([
        { row: 3, path: 'ssh.host', message: 'is required when SSH is enabled' },
        { row: 4, path: '', message: 'must be an object' },
      ])
      expect(model.error()).toBeUndefined()
    },
  )
})
