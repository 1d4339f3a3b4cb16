import { expect, test } from 'vitest'
import { renderFigures } from './render-figures.ts'
import { soak } from './soak.ts'

test('no hostile partner costs the others a capture, the main thread its time or the process its memory', async () => {
  await using cleanup = new AsyncDisposableStack()
  const figures = await soak.run(cleanup)
  console.log(renderFigures(figures))
  expect(figures.filter(({ met }) => met === false)).toEqual([])
})
