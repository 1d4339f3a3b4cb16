import { z } from 'zod'

/** A password as somebody chooses it. */
export const NewPassword = z.string().min(12, 'must have at least 12 characters').max(1024)
