/** Knows the work that is under way, also when nobody waits for it any more. */
export const trackWork = () => {
  const open = new Set<Promise<unknown>>()
  return {
    track: <Result>(work: Promise<Result>): Promise<Result> => {
      open.add(work)
      const forget = () => open.delete(work)
      work.then(forget, forget)
      return work
    },
    settled: async (): Promise<void> => {
      await Promise.allSettled(open)
    },
  }
}
