import { z } from 'zod'

/** A point in time as a request names it: ISO 8601 with `Z` or an offset. */
export const Instant = z.iso
  .datetime({ offset: true, error: 'must be a date and time (ISO 8601, with its offset)' })
  .transform((text) => new Date(text))

/** A password as somebody chooses it. */
export const NewPassword = z.string().min(12, 'must have at least 12 characters').max(1024)
