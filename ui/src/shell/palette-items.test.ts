import { expect, test } from 'vitest'
import { partnerRow } from '../pages/dashboard/dashboard-under-test.ts'
import { type PaletteActions, type PaletteItem, paletteItems, searchItems } from './palette-items.ts'

const actions: PaletteActions = { go: () => undefined, probe: () => undefined, capture: () => undefined, dismiss: () => undefined }
const offer = (isAdmin: boolean) =>
  paletteItems(
    {
      pages: [{ path: '/', name: 'Dashboard' }],
      rows: [partnerRow('a', { name: 'Acme', host: 'a.example' }), partnerRow('b', { name: 'Summit Logistics', host: 'b.example' })],
      firing: [{ id: '1', partnerName: null, message: 'half of the partners fail' }],
      isAdmin,
    },
    actions,
  )
const labels = (items: readonly PaletteItem[]) => items.map(({ label }) => label)

test('offers actions only to those who may do them', () => {
  expect(labels(offer(false))).toEqual(['Dashboard', 'Acme', 'Summit Logistics'])
  expect(labels(offer(true))).toContain('Probe Acme')
  expect(labels(offer(true))).toContain('Dismiss: Fleet')
})

test('finds what holds every word in any order, and first what begins with them', () => {
  expect(labels(searchItems(offer(true), 'summit probe'))).toEqual(['Probe Summit Logistics'])
  expect(labels(searchItems(offer(true), 'SUMM'))[0]).toBe('Summit Logistics')
  expect(labels(searchItems(offer(true), 'b.example'))).toEqual(['Summit Logistics'])
  expect(searchItems(offer(true), 'nobody')).toEqual([])
})
