import { expect, test } from 'vitest'
import type { PreviewedAlert } from '../alert-views.ts'
import { layOutPreview } from './lay-out-preview.ts'

const range = { from: Date.parse('2026-03-02T00:00:00Z'), to: Date.parse('2026-03-03T00:00:00Z') }
const alert = (partnerId: string, ruleId: string, from: string, to: string | null): PreviewedAlert => ({
  partnerId,
  ruleId,
  level: 'HIGH',
  message: 'It waits',
  firedAt: `2026-03-02T${from}:00.000Z`,
  resolvedAt: to && `2026-03-02T${to}:00.000Z`,
})
const nameOf = (id: string) => ({ p1: 'Globex', p2: 'Acme' })[id] ?? id
const spans = (alerts: PreviewedAlert[]) =>
  layOutPreview(alerts, range, nameOf).map(({ name, lanes }) => [
    name,
    lanes.map(({ ruleId, bars }) => [ruleId, bars.map(({ leftPercent, widthPercent }) => [leftPercent, widthPercent])]),
  ])

test('a bar goes from the firing to the end, and to now where it would still fire', () => {
  expect(spans([alert('p1', 'queue', '06:00', '12:00'), alert('p1', 'queue', '18:00', null)])).toEqual([
    [
      'Globex',
      [
        [
          'queue',
          [
            [25, 25],
            [75, 25],
          ],
        ],
      ],
    ],
  ])
})

test('partners come by name, each with a lane for every rule that would have fired', () => {
  expect(
    spans([alert('p1', 'queue', '00:00', '12:00'), alert('p2', 'limit', '00:00', '06:00'), alert('p1', 'limit', '12:00', '18:00')]),
  ).toEqual([
    ['Acme', [['limit', [[0, 25]]]]],
    [
      'Globex',
      [
        ['queue', [[0, 50]]],
        ['limit', [[50, 25]]],
      ],
    ],
  ])
})

test('what reaches over the edges is cut off there', () => {
  const early = { ...alert('p1', 'queue', '00:00', '12:00'), firedAt: '2026-03-01T23:00:00.000Z' }
  expect(spans([early])).toEqual([['Globex', [['queue', [[0, 50]]]]]])
})
