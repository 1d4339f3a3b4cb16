import { z } from 'zod'

/** Open objects: the partner is as `GET /api/partners/:id` shows it, the snapshot as a capture answers it. */
export const Dashboard = z
  .object({
    overview: z.object({
      campaignsToday: z.int(),
      runningCampaigns: z.int(),
      activeCalls: z.int(),
      queuedCalls: z.int(),
      completedCallsToday: z.int(),
      remainingCalls: z.int(),
      totalPartners: z.int(),
      activePartners: z.int(),
      /** The active partners whose current numbers are known: the totals are theirs. */
      coveredPartners: z.int(),
      avgUtilization: z.number(),
      lastUpdated: z.iso.datetime(),
    }),
    alerts: z.object({ critical: z.int(), high: z.int(), medium: z.int(), offline: z.int() }),
    partners: z.array(
      z.object({
        partner: z.looseObject({ id: z.string(), partnerName: z.string() }),
        state: z.enum(['ok', 'failing', 'error', 'stale', 'never', 'inactive']),
        /** The last one that worked, however old: see its `snapshotTime` and `state`. */
        snapshot: z.looseObject({ snapshotTime: z.iso.datetime() }).nullable(),
        /** The last hour: epoch seconds and utilization in percent, `null` for a gap. */
        trend: z.array(z.tuple([z.int(), z.number().nullable()])),
      }),
    ),
  })
  .meta({ id: 'Dashboard' })
