import { z } from 'zod'
import { Instant } from '../../../shared/fields.ts'
import { At, Id, Text } from '../fields.ts'
import { cronProblem } from './maintenance.ts'

const Schedule = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('once'), from: Instant, to: Instant }),
  z.strictObject({
    type: z.literal('recurring'),
    cron: Text.max(100),
    timezone: Text.max(64).default('America/New_York'),
    durationMinutes: z.int().min(1).max(10_080),
  }),
])
export const NewMaintenance = z
  .strictObject({ name: Text.max(100), partnerIds: z.array(Id).max(1_000).nullable().default(null), schedule: Schedule })
  .superRefine(({ schedule }, context) => {
    if (schedule.type === 'once') {
      if (schedule.from >= schedule.to) context.addIssue({ code: 'custom', path: ['schedule', 'to'], message: 'must be after from' })
      return
    }
    const { cron, timezone } = schedule
    const isZone = cronProblem('* * * * *', timezone) === null
    const problem = isZone ? cronProblem(cron, timezone) : 'must be an IANA time zone such as America/New_York'
    if (problem) context.addIssue({ code: 'custom', path: ['schedule', isZone ? 'cron' : 'timezone'], message: problem })
  })
  .meta({ id: 'NewMaintenance' })
export type NewMaintenance = z.infer<typeof NewMaintenance>
export const Maintenance = z
  .object({
    id: z.string(),
    name: z.string(),
    partnerIds: z.array(z.string()).nullable(),
    schedule: z.looseObject({ type: z.enum(['once', 'recurring']) }),
    isOpen: z.boolean(),
    next: z.object({ from: At, to: At }).nullable(),
    createdBy: z.string(),
    createdAt: At,
  })
  .meta({ id: 'Maintenance' })
