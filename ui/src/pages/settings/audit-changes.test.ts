import { expect, test } from 'vitest'
import { auditChanges } from './audit-changes.ts'

test('shows what differs, by dotted path, and nothing that stayed', () => {
  const before = { partnerName: 'Acme', db: { host: 'a', port: 3306 }, levels: ['HIGH'] }
  const after = { partnerName: 'Acme', db: { host: 'b', port: 3306 }, levels: ['HIGH', 'MEDIUM'] }
  expect(auditChanges(before, after)).toEqual([
    { path: 'db.host', before: 'a', after: 'b' },
    { path: 'levels', before: '["HIGH"]', after: '["HIGH","MEDIUM"]' },
  ])
})

test('what was made has no before, what was removed no after; null and empty differ from absent', () => {
  expect(auditChanges(null, { name: 'Hook', until: null })).toEqual([
    { path: 'name', before: '–', after: 'Hook' },
    { path: 'until', before: '–', after: 'null' },
  ])
  expect(auditChanges({ config: {} }, null)).toEqual([{ path: 'config', before: '{}', after: '–' }])
  expect(auditChanges(null, null)).toEqual([])
})
