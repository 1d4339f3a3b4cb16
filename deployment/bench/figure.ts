/** One row of the table. Without a budget it only informs. */
export type Figure = { what: string; figure: string; budget?: string; ratio?: number; met?: boolean }

export type Benchmark = {
  name: string
  /** Whatever is started is deferred to `cleanup`, which also ends it when the run is interrupted. */
  run(cleanup: AsyncDisposableStack): Promise<Figure[]>
}

export const inMs = (ms: number) => `${ms < 100 ? ms.toFixed(2) : Math.round(ms)} ms`
