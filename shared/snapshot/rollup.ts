/** The stored resolutions and the width of their buckets in seconds. */
export const rollupSeconds = { '5m': 300, '1h': 3600 } as const
export type RollupResolution = keyof typeof rollupSeconds
