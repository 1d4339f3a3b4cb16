import { render } from '@solidjs/testing-library'
import { expect, test } from 'vitest'
import { UtilizationBar } from './utilization-bar.tsx'

test.each([
  [0, '0%', '0 %'],
  [41.67, '41.67%', '42 %'],
  [100, '100%', '100 %'],
  [133.33, '100%', '133 %'],
])('%d percent fill the bar to %s and read %s', (percent, width, text) => {
  const { container } = render(() => <UtilizationBar percent={percent} />)
  expect(container.textContent).toBe(text)
  expect(container.querySelector<HTMLElement>('[style]')?.style.width).toBe(width)
})

test('a bar that is nearly full looks different before it is', () => {
  const lookOf = (percent: number) => {
    const { container, unmount } = render(() => <UtilizationBar percent={percent} />)
    const look = container.querySelector('[style]')?.className
    unmount()
    return look
  }
  expect(new Set([79, 80, 94, 95, 150].map(lookOf)).size).toBe(3)
})
