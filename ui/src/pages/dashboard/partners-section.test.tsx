import { createMemoryHistory, MemoryRouter, Route } from '@solidjs/router'
import { cleanup, render, screen, within } from '@solidjs/testing-library'
import userEvent from '@testing-library/user-event'
import { createSignal } from 'solid-js'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { FleetRow } from '../../fleet/fleet.ts'
import { ZoneProvider } from '../../time/zone-context.tsx'
import { fleetWith, partnerRow } from './dashboard-under-test.ts'
import { PartnersSection } from './partners-section.tsx'

// What jsdom lacks: it has no layout.
beforeEach(() => {
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: () => {}, removeEventListener: () => {} }))
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  )
  vi.stubGlobal('scrollTo', () => {})
})

afterEach(cleanup)

const open = async (address: string, rows: readonly FleetRow[], onCapture?: (id: string) => void) => {
  const history = createMemoryHistory()
  history.set({ value: address, replace: true })
  const [fleet, setFleet] = createSignal(fleetWith(rows))
  render(() => (
    <ZoneProvider>
      <MemoryRouter history={history}>
        <Route
          path="/"
          component={() => <PartnersSection fleet={fleet()} isCurrent captureStep={() => undefined} onCapture={onCapture} />}
        />
        <Route path="/partners/:id" component={() => <h1>Partner page</h1>} />
      </MemoryRouter>
    </ZoneProvider>
  ))
  await screen.findByRole('table', { name: 'Partners' })
  return {
    user: userEvent.setup(),
    address: () => history.get(),
    change: (next: readonly FleetRow[]) => setFleet(fleetWith(next)),
    names: () => screen.getAllByRole('link').map((link) => link.textContent),
    row: (name: string) => within(screen.getByRole('row', { name: new RegExp(name) })),
  }
}
const three = [
  partnerRow('a', { name: 'Acme', queue: 5 }),
  partnerRow('b', { name: 'Beta', queue: 50 }),
  partnerRow('c', { name: 'Gamma', queue: 1 }),
]

test('shows what the address says: filter, order and columns', async () => {
  const { names } = await open('/?q=a&state=ok&sort=-queue&columns=name,queue', [
    ...three,
    partnerRow('d', { name: 'Delta', state: 'error' }),
  ])
  expect(names()).toEqual(['Beta', 'Acme', 'Gamma'])
  expect(screen.getAllByRole('columnheader').map((header) => header.textContent)).toEqual(['Partner', 'Queue'])
  expect(screen.getByRole('columnheader', { name: 'Queue' })).toHaveProperty('ariaSort', 'descending')
  expect(screen.getByText('3 of 4 partners')).toBeDefined()
})

test('keeps the filter and the order in the address', async () => {
  const { user, names, address } = await open('/', three)
  await user.type(screen.getByRole('searchbox', { name: 'Filter partners' }), 'a')
  await user.click(screen.getByRole('button', { name: 'Queue' }))
  expect(address()).toBe('/?q=a&sort=-queue')
  await user.click(screen.getByRole('button', { name: 'Queue' }))
  expect(address()).toBe('/?q=a&sort=queue')
  expect(names()).toEqual(['Gamma', 'Acme', 'Beta'])
  await user.click(screen.getByRole('button', { name: 'Clear filters' }))
  expect(address()).toBe('/?sort=queue')
})

test('a row changes in its place; the order is taken again when somebody says so', async () => {
  const { user, names, row, change } = await open('/?sort=-queue', three)
  expect(names()).toEqual(['Beta', 'Acme', 'Gamma'])
  change([partnerRow('a', { name: 'Acme', queue: 500 }), ...three.slice(1)])
  expect(row('Acme').getByText('500')).toBeDefined()
  expect(names()).toEqual(['Beta', 'Acme', 'Gamma'])
  await user.click(screen.getByRole('button', { name: /order has changed/ }))
  expect(names()).toEqual(['Acme', 'Beta', 'Gamma'])
  expect(screen.queryByRole('button', { name: /order has changed/ })).toBeNull()
})

test('what is not known is never a zero: it says why', async () => {
  const { row } = await open('/', [partnerRow('d', { name: 'Down', state: 'error' }), partnerRow('n', { name: 'New', state: 'never' })])
  expect(row('Down').getAllByText('Unknown: The server did not answer.').length).toBeGreaterThan(4)
  expect(row('New').getAllByText('Unknown: no capture yet.').length).toBeGreaterThan(4)
  for (const name of ['Down', 'New']) expect(row(name).queryByText(/^0/)).toBeNull()
})

test('goes from partner to partner by keys, opens one, and finds the filter', async () => {
  const { user, address } = await open('/', three)
  const focused = () => document.activeElement?.textContent
  await user.keyboard('j')
  expect(focused()).toBe('Acme')
  await user.keyboard('{ArrowDown}{ArrowDown}{ArrowDown}')
  expect(focused()).toBe('Gamma')
  await user.keyboard('k')
  expect(focused()).toBe('Beta')
  await user.keyboard('/')
  expect(document.activeElement).toBe(screen.getByRole('searchbox'))
  await user.keyboard('j')
  expect(screen.getByRole('searchbox')).toHaveProperty('value', 'j')
  await user.keyboard('{Backspace}{ArrowDown}')
  expect(focused()).toBe('Acme')
  await user.keyboard('{Enter}')
  expect(address()).toBe('/partners/a')
})

test('opens the partner whose row is clicked, not when its button is', async () => {
  const onCapture = vi.fn()
  const { user, row, address } = await open('/', three, onCapture)
  await user.click(row('Beta').getByRole('button', { name: 'Capture Beta now' }))
  expect(onCapture.mock.calls).toEqual([['b']])
  expect(address()).toBe('/')
  await user.click(row('Beta').getByText('120'))
  expect(address()).toBe('/partners/b')
})

test('renders the rows in sight alone, in their order, and keeps the one that the keyboard is at', async () => {
  const { user, names } = await open(
    '/',
    Array.from({ length: 1_000 }, (_, index) => partnerRow(`id-${index}`, { name: `Partner ${index}` })),
  )
  const scroll = async (top: number) => {
    vi.stubGlobal('scrollY', top)
    window.dispatchEvent(new Event('scroll'))
    await new Promise(requestAnimationFrame)
  }
  const rowsAtFirst = names().length
  expect(rowsAtFirst).toBeLessThan(50)
  await user.keyboard('j')
  await scroll(44 * 500)
  expect(names()[0]).toBe('Partner 0')
  expect(document.activeElement?.textContent).toBe('Partner 0')
  const inSight = names().slice(1)
  expect(inSight).toHaveLength(rowsAtFirst)
  expect(inSight).toContain('Partner 500')
  expect(inSight).toEqual(inSight.map((_, at) => `Partner ${Number(inSight[0]?.slice(8)) + at}`))
  await user.keyboard('j')
  expect(screen.getByRole('row', { name: /Partner 1 / }).getAttribute('aria-rowindex')).toBe('3')
})
