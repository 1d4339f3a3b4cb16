import { type Accessor, createMemo, createSignal, type Setter, untrack } from 'solid-js'

type Slot = { key: Accessor<string>; give: Setter<string> }

const createSlot = (first: string): Slot => {
  const [key, give] = createSignal(first)
  return { key, give }
}

/**
 * One slot for each key. A key keeps its slot while it is there; a new one takes a slot that has become free, so that what was rendered
 * for the slot is updated instead of rendered again. The slots are in the order of their keys while `isInOrder`; otherwise they stay
 * where they are, as moving what is rendered costs as much as rendering it.
 */
export const createSlots = (keys: Accessor<readonly string[]>, isInOrder: Accessor<boolean>): Accessor<readonly Slot[]> =>
  createMemo<readonly Slot[]>((slots) => {
    const wanted = new Set(keys())
    const taken = new Map(slots.map((slot) => [untrack(slot.key), slot]))
    const free = [...taken].filter(([key]) => !wanted.has(key)).map(([, slot]) => slot)
    const inOrder = [...wanted].map((key) => {
      const known = taken.get(key)
      if (known) return known
      const slot = free.pop()
      slot?.give(key)
      return slot ?? createSlot(key)
    })
    if (isInOrder()) return inOrder
    const used = new Set(inOrder)
    return [...new Set([...slots.filter((slot) => used.has(slot)), ...inOrder])]
  }, [])
