/**
 * How a partner is, from the worst on. `error`: three captures in a row failed; `failing`: the last one did; `stale`: the last good one is older than three capture intervals.
 */
export const partnerStates = ['error', 'failing', 'stale', 'never', 'ok', 'inactive'] as const
export type PartnerState = (typeof partnerStates)[number]
