import { expect, test } from 'vitest'
import { limitSpan, panSpan, presets, readPreset, readZoom, zoomSpan } from './chart-range.ts'

const minute = 60_000
const now = Date.UTC(2026, 2, 2, 12)
const span = { from: now - 60 * minute, to: now - 30 * minute }

test('reads a range and a zoom from the URL, and takes the usual ones for what is neither', () => {
  expect([readPreset('30d'), readPreset('2y'), readPreset(undefined)]).toEqual(['30d', '6h', '6h'])
  expect(readZoom('2026-03-02T10:00:00.000Z', '2026-03-02T11:00:00.000Z')).toEqual({ from: now - 120 * minute, to: now - 60 * minute })
  for (const [from, to] of [
    ['2026-03-02T11:00:00Z', '2026-03-02T10:00:00Z'],
    ['yesterday', '2026-03-02T10:00:00Z'],
    [undefined, undefined],
  ])
    expect(readZoom(from, to)).toBeNull()
})

test('zooms about the middle and moves by its width', () => {
  expect(zoomSpan(span, 0.5, now)).toEqual({ from: now - 52.5 * minute, to: now - 37.5 * minute })
  expect(panSpan(span, -1, now)).toEqual({ from: now - 90 * minute, to: now - 60 * minute })
})

test('shows neither the future, nor less than two minutes, nor more than the longest range', () => {
  expect(panSpan(span, 5, now)).toEqual({ from: now - 30 * minute, to: now })
  expect(zoomSpan(span, 2, now)).toEqual({ from: now - 75 * minute, to: now - 15 * minute })
  expect(zoomSpan(span, 8, now).to).toBe(now)
  const least = limitSpan({ from: now - 10_000, to: now - 9_000 }, now)
  expect([least.to - least.from, least.to]).toEqual([2 * minute, now])
  const longest = zoomSpan({ from: now - presets['400d'].spanMs, to: now }, 3, now)
  expect(longest).toEqual({ from: now - presets['400d'].spanMs, to: now })
})
