import { cleanup, render, screen } from '@solidjs/testing-library'
import { afterEach, expect, test } from 'vitest'
import { ZoneProvider } from '../../time/zone-context.tsx'
import { partnerRow } from '../dashboard/dashboard-under-test.ts'
import { PartnerNumbers } from './partner-numbers.tsx'

afterEach(cleanup)

const { snapshot } = partnerRow('Acme', {})
const show = (...[props]: Parameters<typeof PartnerNumbers>) =>
  render(() => (
    <ZoneProvider>
      <PartnerNumbers {...props} />
    </ZoneProvider>
  ))

test('the numbers of a partner whose captures work are current', () => {
  show({ state: 'ok', snapshot })
  expect(screen.getByRole('region', { name: 'Current numbers' })).toBeTruthy()
  expect(screen.queryByText(/not current/)).toBeNull()
})

test.each(['failing', 'error', 'stale', 'inactive'] as const)('those of one that is %s are the last known, with their age', (state) => {
  show({ state, snapshot })
  const region = screen.getByRole('region', { name: 'Last known numbers' })
  expect(region.textContent).toMatch(/as of .+ ago|as of .+: they are not current/)
  expect(screen.queryByText('Current numbers')).toBeNull()
})

test('a partner without numbers says so', () => {
  show({ state: 'never', snapshot: null })
  expect(screen.getByText(/no capture has worked so far/)).toBeTruthy()
})
