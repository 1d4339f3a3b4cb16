import { expect, test } from 'vitest'
import { renderFigures } from './render-figures.ts'

test('each figure stands beside its budget and whether it is met; one without a budget leaves them empty', () => {
  const figures = [
    { what: 'start', figure: '1200 ms', budget: '≤ 1000 ms', met: false },
    { what: 'warm capture', figure: '3.00 ms / 2.40 ms', budget: '≤ 1.5 ×', ratio: 1.25, met: true },
    { what: 'memory', figure: '90 MB' },
  ]
  expect(renderFigures(figures)).toBe(`what          figure             budget     ratio  met
start         1200 ms            ≤ 1000 ms         no
warm capture  3.00 ms / 2.40 ms  ≤ 1.5 ×    1.25   yes
memory        90 MB
`)
})
