import { expect, test } from 'vitest'
import { partnerRow } from '../dashboard-under-test.ts'
import { readPartner } from '../partner-reading.ts'
import { columnNames } from './columns.ts'
import { arrange, parseView, type TableView, viewParams } from './table-view.ts'

const usual = parseView({})
const readings = (...rows: Parameters<typeof partnerRow>[]) => rows.map((row) => readPartner(partnerRow(...row), new Map()))

test('an address without anything shows all partners by name, with all columns', () => {
  expect(usual).toEqual({ text: '', levels: [], states: [], sort: { column: 'name', isDescending: false }, columns: columnNames })
  expect(Object.values(viewParams(usual)).filter((value) => value !== undefined)).toEqual([])
})

test('a view is the same after it went through the address', () => {
  const view: TableView = {
    text: 'acme',
    levels: ['CRITICAL', 'HIGH'],
    states: ['error', 'stale'],
    sort: { column: 'queue', isDescending: true },
    columns: ['name', 'state', 'queue'],
  }
  const params = viewParams(view)
  expect(params).toEqual({ q: 'acme', level: 'critical,high', state: 'error,stale', sort: '-queue', columns: 'name,state,queue' })
  expect(parseView(params as Record<string, string>)).toEqual(view)
})

test('what an address names that does not exist is left out', () => {
  expect(parseView({ level: 'loud,high', state: 'gone', sort: 'trend', columns: 'queue,colour' })).toEqual({
    ...usual,
    levels: ['HIGH'],
    columns: ['name', 'queue'],
  })
})

test('finds a partner by a part of its name or of a host', () => {
  const all = readings(['a', { name: 'Acme' }], ['b', { name: 'Beta', host: 'db.acme.example' }], ['c', { name: 'Gamma' }])
  expect(arrange(all, { ...usual, text: ' ACM' })).toEqual(['a', 'b'])
})

test('filters by state and by level; an unknown level matches none', () => {
  const all = readings(['up', {}], ['busy', { level: 'HIGH' }], ['down', { state: 'error' }])
  expect(arrange(all, { ...usual, states: ['error'] })).toEqual(['down'])
  expect(arrange(all, { ...usual, levels: ['HIGH', 'NORMAL'] })).toEqual(['busy', 'up'])
})

test('sorts by numbers both ways, equals by name, and unknown ones last either way', () => {
  const all = readings(
    ['none', { state: 'never' }],
    ['b', { queue: 9 }],
    ['a', { queue: 9 }],
    ['c', { queue: 30 }],
    ['down', { state: 'error' }],
  )
  const by = (isDescending: boolean) => arrange(all, { ...usual, sort: { column: 'queue', isDescending } })
  expect(by(true)).toEqual(['c', 'a', 'b', 'down', 'none'])
  expect(by(false)).toEqual(['a', 'b', 'c', 'down', 'none'])
})

test('sorts names as people count', () => {
  const all = readings(['1', { name: 'Partner 10' }], ['2', { name: 'partner 9' }], ['3', { name: 'Älpha' }])
  expect(arrange(all, usual)).toEqual(['3', '2', '1'])
})
