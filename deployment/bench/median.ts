export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle) - 1] ?? Number.NaN)) / 2
}

/** What 95 of 100 values are at most. */
export const percentile95 = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1] ?? Number.NaN

/** The median milliseconds of each work, run in turns, so that whatever slows the machine slows all of them. */
export const medianTurns = async <Name extends string>(
  rounds: number,
  works: Record<Name, () => Promise<unknown>>,
): Promise<Record<Name, number>> => {
  const entries = Object.entries<() => Promise<unknown>>(works).map(([name, work]) => ({ name, work, times: [] as number[] }))
  for (let round = 0; round < rounds; round++)
    for (const { work, times } of entries) {
      const startedAt = performance.now()
      await work()
      times.push(performance.now() - startedAt)
    }
  return Object.fromEntries(entries.map(({ name, times }) => [name, median(times)])) as Record<Name, number>
}
