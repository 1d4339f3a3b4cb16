import { z } from 'zod'

export const Resealed = z
  .object({
    /** Secrets under the present `ENCRYPTION_KEY` now; of these `resealed` were not before. */
    current: z.int(),
    resealed: z.int(),
    /** What no configured key opens: it stays as it is until somebody enters it again. */
    unreadable: z.array(z.object({ collection: z.string(), id: z.string(), name: z.string(), field: z.string() })),
  })
  .meta({ id: 'Resealed' })
export type Resealed = z.infer<typeof Resealed>
