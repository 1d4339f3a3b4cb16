export type VersionedTexts = {
  /** Takes the texts as they are at a version. `false`: nothing changed. */
  take: (next: ReadonlyMap<string, string>, version: number) => boolean
  changedAfter: (version: number) => string[]
  removedAfter: (version: number) => string[]
  /** Removals up to this version may be forgotten. */
  completeAfter: () => number
}

const keptRemovals = 1_000

/** Texts by key that know at which version each became what it is, or was removed. */
export const createVersionedTexts = (): VersionedTexts => {
  const texts = new Map<string, { text: string; version: number }>()
  const removed = new Map<string, number>()
  let completeAfter = 0

  const forgetOldest = () => {
    for (const [key, version] of removed) {
      if (removed.size <= keptRemovals) return
      removed.delete(key)
      completeAfter = version
    }
  }
  const after = <Value>(entries: Iterable<[string, Value]>, version: (value: Value) => number, since: number) =>
    [...entries].filter(([, value]) => version(value) > since)

  return {
    take: (next, version) => {
      let isChanged = false
      for (const [key, text] of next) {
        if (texts.get(key)?.text === text) continue
        texts.set(key, { text, version })
        removed.delete(key)
        isChanged = true
      }
      for (const key of texts.keys()) {
        if (next.has(key)) continue
        texts.delete(key)
        removed.set(key, version)
        isChanged = true
      }
      forgetOldest()
      return isChanged
    },
    changedAfter: (since) => after(texts, ({ version }) => version, since).map(([, { text }]) => text),
    removedAfter: (since) => after(removed, (version) => version, since).map(([key]) => key),
    completeAfter: () => completeAfter,
  }
}
