import { createRoot, createSignal } from 'solid-js'
import { expect, test } from 'vitest'
import { createSlots } from './create-slots.ts'

test('a key keeps its slot, a new one takes a slot that became free, and all are in the order of the keys', () => {
  createRoot((dispose) => {
    const [keys, setKeys] = createSignal(['a', 'b', 'c'])
    const slots = createSlots(keys, () => true)
    const held = () => slots().map(({ key }) => key())
    const [a, b, c] = slots()
    setKeys(['b', 'c', 'd'])
    expect(slots()).toEqual([b, c, a])
    expect(held()).toEqual(['b', 'c', 'd'])
    setKeys(['d', 'b'])
    expect(slots()).toEqual([a, b])
    setKeys(['d', 'b', 'e'])
    expect(slots()[2]).not.toBe(c)
    expect(held()).toEqual(['d', 'b', 'e'])
    dispose()
  })
})

test('slots stay where they are while the order does not count, and are in order as soon as it does', () => {
  createRoot((dispose) => {
    const [keys, setKeys] = createSignal(['a', 'b', 'c'])
    const [isInOrder, setInOrder] = createSignal(false)
    const slots = createSlots(keys, isInOrder)
    const [a, b, c] = slots()
    setKeys(['b', 'c', 'd'])
    expect(slots()).toEqual([a, b, c])
    expect(slots().map(({ key }) => key())).toEqual(['d', 'b', 'c'])
    setKeys(['c', 'd'])
    expect(slots()).toEqual([a, c])
    setInOrder(true)
    expect(slots()).toEqual([c, a])
    dispose()
  })
})
