import { z } from 'zod'
import { alertLevels, metricNames } from './snapshot.ts'

/** An object's shape with `value` for each metric. */
export const metricShape = <Value extends z.ZodType>(value: Value) =>
  Object.fromEntries(metricNames.map((name) => [name, value])) as Record<(typeof metricNames)[number], Value>

/** A snapshot as the API shows it. */
export const Snapshot = z
  .object({
    snapshotTime: z.iso.datetime(),
    /** When `remainingCalls` was counted: earlier than `snapshotTime` where that is costly. */
    remainingCallsAt: z.iso.datetime(),
    ...metricShape(z.number()),
    pauseAllCampaigns: z.boolean(),
    alertLevel: z.enum(alertLevels),
    alertMessage: z.string(),
  })
  .meta({ id: 'Snapshot' })
