/** A half-open range of UTC instants, as `YYYY-MM-DD HH:MM:SS`. */
export type UtcRange = { from: string; to: string }

/**
 * The contacts still to call, without a look-up per contact or per call. `DISTINCT` keeps the optimizers from merging the two derived tables
 * into the rest, so that each table is read once and compared by the keys that they make for a derived table, indexes or not.
 */
const remainingCalls = (running = "(SELECT DISTINCT id FROM campaigns WHERE deleted = 0 AND status = 'RUNNING')") => `
  (SELECT COUNT(DISTINCT cc.B) FROM ${running} AS c JOIN _campaigntocontact AS cc ON cc.A = c.id
    LEFT JOIN (SELECT DISTINCT k.campaignid, k.contactid, k.status IN ('QUEUED', 'INPROGRESS') AS waits
      FROM ${running} AS r JOIN calls AS k ON k.campaignid = r.id) AS called ON called.campaignid = cc.A AND called.contactid = cc.B
    WHERE called.campaignid IS NULL OR called.waits = 1) AS remainingCalls,`

const statement = (remaining: string) => `SELECT
  (SELECT COUNT(*) FROM campaigns AS created WHERE deleted = 0 AND createdAt >= ? AND createdAt < ?) AS campaignsToday,
  (SELECT COUNT(*) FROM campaigns WHERE deleted = 0 AND status = 'RUNNING') AS runningCampaigns,${remaining}
  (SELECT value FROM settings WHERE name = 'pauseAllCampaigns' LIMIT 1) AS pauseAllCampaigns,
  (SELECT value FROM settings WHERE name = 'callConcurrency' LIMIT 1) AS callConcurrency,
  counted.activeCalls, counted.queuedCalls, counted.completedCallsToday, counted.voicemailCount, counted.customerEndedCount
FROM (SELECT COUNT(CASE WHEN status = 'INPROGRESS' THEN 1 END) AS activeCalls,
    COUNT(CASE WHEN status = 'QUEUED' THEN 1 END) AS queuedCalls,
    COUNT(CASE WHEN status = 'ENDED' THEN 1 END) AS completedCallsToday,
    COUNT(CASE WHEN status = 'ENDED' AND endReason = 'voicemail' THEN 1 END) AS voicemailCount,
    COUNT(CASE WHEN status = 'ENDED' AND endReason = 'customer-ended-call' THEN 1 END) AS customerEndedCount
  FROM calls WHERE status IN ('INPROGRESS', 'QUEUED') OR (status = 'ENDED' AND updatedAt >= ? AND updatedAt < ?)) AS counted`

const whole = statement(remainingCalls())
const withoutRemaining = statement('')

/**
 * The statement for one local day and its parameters: one, so that every metric of a snapshot comes from one round trip, in plain SQL that
 * MySQL 5.7, 8 and MariaDB 10 read alike. `countsRemaining`: with `remainingCalls`, which costs most of it.
 */
export const snapshotStatement = (day: UtcRange, countsRemaining = true): { sql: string; values: string[] } => ({
  sql: countsRemaining ? whole : withoutRemaining,
  values: [day.from, day.to, day.from, day.to],
})

/** The columns that the statement reads. */
export const snapshotReads = [
  { table: 'campaigns', columns: ['id', 'status', 'deleted', 'createdAt'] },
  { table: 'calls', columns: ['campaignid', 'contactid', 'status', 'endReason', 'updatedAt'] },
  { table: '_campaigntocontact', columns: ['A', 'B'] },
  { table: 'settings', columns: ['name', 'value'] },
] as const

/** Where the statement reads a table, by its name there, and the index that would serve it. */
export const snapshotAccesses = [
  { alias: 'created', table: 'campaigns', columns: ['createdAt'] },
  { alias: 'campaigns', table: 'campaigns', columns: ['status', 'deleted'] },
  { alias: 'calls', table: 'calls', columns: ['status', 'updatedAt'] },
  { alias: 'k', table: 'calls', columns: ['campaignid', 'contactid', 'status'] },
  { alias: 'cc', table: '_campaigntocontact', columns: ['A', 'B'] },
  { alias: 'settings', table: 'settings', columns: ['name'] },
] as const
