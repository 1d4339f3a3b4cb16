import { type Accessor, createMemo, createSignal, type Setter, untrack } from 'solid-js'

type Slot = { key: Accessor<string>; give: Setter<string> }

const createSlot = (first: string): Slot => {
  const [key, give] = createSignal(first)
  return { key, give }
}

/**
 * One slot for each key, in their order. A key keeps its slot while it is there; a new one takes a slot that has become free, so that
 * what was rendered for the slot is changed instead of made anew.
 */
export const createSlots = (keys: Accessor<readonly string[]>): Accessor<readonly Slot[]> =>
  createMemo<readonly Slot[]>((slots) => {
    const wanted = new Set(keys())
    const taken = new Map(slots.map((slot) => [untrack(slot.key), slot]))
    const free = [...taken].filter(([key]) => !wanted.has(key)).map(([, slot]) => slot)
    return [...wanted].map((key) => {
      const known = taken.get(key)
      if (known) return known
      const slot = free.pop()
      slot?.give(key)
      return slot ?? createSlot(key)
    })
  }, [])
