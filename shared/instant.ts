import { z } from 'zod'

/** A point in time as a request names it: ISO 8601 with `Z` or an offset. */
export const Instant = z.iso
  .datetime({ offset: true, error: 'must be a date and time (ISO 8601, with its offset)' })
  .transform((text) => new Date(text))
