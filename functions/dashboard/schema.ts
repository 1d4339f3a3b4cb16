import { z } from 'zod'
import { eventSchema } from '../../shared/http/event-schema.ts'
import { Partner } from '../../shared/partner/partner-schema.ts'
import { partnerStates } from '../../shared/partner/partner-state.ts'
import { firingLevels } from '../../shared/snapshot/snapshot.ts'
import { Snapshot } from '../../shared/snapshot/snapshot-schema.ts'

const At = z.iso.datetime()

/** An alert that fires; `partnerId` is `null` for one about the fleet. */
const FiringAlert = z
  .object({
    id: z.string(),
    partnerId: z.string().nullable(),
    partnerName: z.string().nullable(),
    ruleId: z.string(),
    level: z.enum(firingLevels),
    message: z.string(),
    firedAt: At,
    acknowledged: z.object({ at: At, by: z.string(), note: z.string().nullable() }).nullable(),
    /** Held back until then; the time may have passed. */
    dismissed: z.object({ at: At, by: z.string(), reason: z.string(), until: At }).nullable(),
    inhibitedBy: z.string().nullable(),
    maintenance: z.object({ name: z.string(), until: At }).nullable(),
  })
  .meta({ id: 'FiringAlert' })
export type FiringAlert = z.infer<typeof FiringAlert>

const Overview = z.object({
  campaignsToday: z.int(),
  runningCampaigns: z.int(),
  activeCalls: z.int(),
  queuedCalls: z.int(),
  completedCallsToday: z.int(),
  remainingCalls: z.int(),
  /** When the oldest of the numbers in that total that are not counted at each capture was counted; `null`: all are. */
  remainingCallsAt: At.nullable(),
  totalPartners: z.int(),
  activePartners: z.int(),
  /** The active partners whose current numbers are known: the totals are theirs. */
  coveredPartners: z.int(),
  avgUtilization: z.number(),
  lastUpdated: At,
})

const AlertCounts = z.object({ critical: z.int(), high: z.int(), medium: z.int(), offline: z.int() })

const Row = z.object({
  partner: Partner,
  state: z.enum(partnerStates),
  /** The last one that worked, however old: see its `snapshotTime` and `state`. */
  snapshot: Snapshot.nullable(),
  /** The last hour: epoch seconds and utilization in percent, `null` for a gap. */
  trend: z.array(z.tuple([z.int(), z.number().nullable()])),
})

export const Dashboard = z
  .object({
    overview: Overview,
    alerts: AlertCounts,
    firing: z.object({
      count: z.int(),
      /** At most 200: the most severe first, of these the newest. */
      alerts: z.array(FiringAlert),
    }),
    partners: z.array(Row),
  })
  .meta({ id: 'Dashboard' })
export type Dashboard = z.infer<typeof Dashboard>

/** What changed: whole rows to insert or replace by their ids, and the ids of those that are gone. What is left out is as it was. */
const DashboardChange = z.object({
  /** The time as of which the whole dashboard is so. */
  at: At,
  overview: Overview.optional(),
  alerts: AlertCounts.optional(),
  firing: z.object({ count: z.int(), alerts: z.array(FiringAlert), removed: z.array(z.string()) }).optional(),
  partners: z.array(Row),
  removed: z.array(z.string()),
})

export type DashboardChange = z.infer<typeof DashboardChange>

/** The events of the stream. `dashboard` and `change` have an id, which a client sends as `Last-Event-ID` when it comes back. */
export const DashboardEvent = z
  .discriminatedUnion('event', [
    eventSchema('dashboard', Dashboard),
    eventSchema('change', DashboardChange),
    /** Nothing changed for a while: what the client has is current as of this time. */
    eventSchema('heartbeat', z.object({ at: At })),
    eventSchema('end', z.object({ reason: z.enum(['unauthenticated', 'stopping']) })),
  ])
  .meta({ id: 'DashboardEvent' })
