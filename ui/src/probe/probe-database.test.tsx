import { cleanup, render, screen } from '@solidjs/testing-library'
import { userEvent } from '@testing-library/user-event'
import { afterEach, expect, test } from 'vitest'
import { ProbeDatabase } from './probe-database.tsx'

afterEach(cleanup)

type Result = Parameters<typeof ProbeDatabase>[0]['result']
const result: Result = {
  ...{
    ok: true,
    reason: null,
    stage: null,
    message: 'Connected.',
    responseTimeMs: 9,
    stages: [],
    hostKey: null,
    jumpKeys: [],
    tls: null,
    notes: [],
  },
  ...{ expectedHostKeySha256: null, rights: { missing: [] }, cost: null },
}
const copied = () => navigator.clipboard.readText()

test('the rights that are missing are listed as statements that can be copied at once, what does not exist is not', async () => {
  const user = userEvent.setup()
  const select = { privilege: 'SELECT', problem: 'right' } as const
  const missing: Result['rights']['missing'] = [
    { ...select, table: 'calls', columns: ['status'], grant: 'GRANT one;' },
    { ...select, table: 'settings', columns: ['name'], grant: 'GRANT two;' },
    { table: 'campaigns', columns: ['id'], privilege: 'SELECT', problem: 'table', grant: null },
  ]
  render(() => <ProbeDatabase result={{ ...result, ok: false, rights: { missing } }} />)
  await user.click(screen.getByRole('button', { name: 'Copy the GRANT statements' }))
  expect(await copied()).toBe('GRANT one;\nGRANT two;')
})

test('the cost of a capture is said, and an index that would help can be copied', async () => {
  const user = userEvent.setup()
  const cost = { ms: 2_345, rowsExamined: 4_000_000, indexes: [{ table: 'calls', statement: 'CREATE INDEX x;' }] }
  render(() => <ProbeDatabase result={{ ...result, cost }} />)
  expect(screen.getByText('A capture took the database 2,345 ms and reads about 4,000,000 rows.')).toBeTruthy()
  await user.click(screen.getByRole('button', { name: 'Copy the CREATE INDEX statements' }))
  expect(await copied()).toBe('CREATE INDEX x;')
})

test('nothing is shown where nothing is known', () => {
  const { container } = render(() => <ProbeDatabase result={result} />)
  expect(container.textContent).toBe('')
})
