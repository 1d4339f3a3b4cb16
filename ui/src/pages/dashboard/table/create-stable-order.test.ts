import { createRoot, createSignal } from 'solid-js'
import { expect, test } from 'vitest'
import { createStableOrder, keepOrder } from './create-stable-order.ts'

test('what is shown keeps its place, what is new comes last, what is gone leaves', () => {
  const exists = (id: string) => id !== 'b'
  expect(keepOrder(['a', 'b', 'c'], ['d', 'c', 'a'], exists)).toEqual(['a', 'c', 'd'])
  const shown = ['a', 'c']
  expect(keepOrder(shown, ['c', 'a'], exists)).toBe(shown)
})

test('an order changes when it is applied or another one is asked for, not while it is read', () => {
  createRoot((dispose) => {
    const [fresh, setFresh] = createSignal<readonly string[]>(['a', 'b'])
    const [question, ask] = createSignal('by name')
    const order = createStableOrder({ fresh, question, exists: () => true })
    setFresh(['b', 'a'])
    expect([order.ids(), order.isOutdated()]).toEqual([['a', 'b'], true])
    order.apply()
    expect([order.ids(), order.isOutdated()]).toEqual([['b', 'a'], false])
    setFresh(['c', 'a', 'b'])
    expect(order.ids()).toEqual(['b', 'a', 'c'])
    ask('by queue')
    expect([order.ids(), order.isOutdated()]).toEqual([['c', 'a', 'b'], false])
    dispose()
  })
})
