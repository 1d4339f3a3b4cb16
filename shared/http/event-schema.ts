import { z } from 'zod'

/** The schema of a server-sent event: its name, and its data as parsed. */
export const eventSchema = <Name extends string, Data extends z.ZodType>(name: Name, data: Data) =>
  z.object({ event: z.literal(name), data })
