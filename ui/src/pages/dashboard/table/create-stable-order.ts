import { type Accessor, createMemo, createSignal } from 'solid-js'

const isSame = (one: readonly string[], other: readonly string[]) =>
  one.length === other.length && one.every((id, index) => id === other[index])

/** What is shown keeps its place; what is new comes last; what does not exist any more is gone. */
export const keepOrder = (shown: readonly string[], fresh: readonly string[], exists: (id: string) => boolean): readonly string[] => {
  const known = new Set(shown)
  const kept = shown.filter(exists)
  const added = fresh.filter((id) => !known.has(id))
  return kept.length === shown.length && added.length === 0 ? shown : [...kept, ...added]
}

/**
 * An order that does not change under its reader: it is taken again when `question` changes, as the reader asked for something else,
 * or when it is applied.
 */
export const createStableOrder = (options: {
  fresh: Accessor<readonly string[]>
  exists: (id: string) => boolean
  question: Accessor<unknown>
}) => {
  const [applied, setApplied] = createSignal(0)
  let answered: string | undefined
  const ids = createMemo<readonly string[]>((shown) => {
    const asked = JSON.stringify([options.question(), applied()])
    const fresh = options.fresh()
    if (asked === answered && shown.length > 0) return keepOrder(shown, fresh, options.exists)
    answered = asked
    return fresh
  }, [])
  return {
    ids,
    /** Whether the current order differs from the one that is shown. */
    isOutdated: createMemo(() => !isSame(ids(), options.fresh())),
    apply: () => setApplied((count) => count + 1),
  }
}
