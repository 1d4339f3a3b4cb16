/** A half-open range of UTC instants, as `YYYY-MM-DD HH:MM:SS`. */
export type UtcRange = { from: string; to: string }

/** One statement, so that every metric of a snapshot comes from one round trip. Plain SQL that MySQL 5.7, 8 and MariaDB 10 read alike. */
const statement = `SELECT
  (SELECT COUNT(*) FROM campaigns WHERE deleted = 0 AND createdAt >= ? AND createdAt < ?) AS campaignsToday,
  (SELECT COUNT(*) FROM campaigns WHERE deleted = 0 AND status = 'RUNNING') AS runningCampaigns,
  (SELECT COUNT(*) FROM calls WHERE status = 'INPROGRESS') AS activeCalls,
  (SELECT COUNT(*) FROM calls WHERE status = 'QUEUED') AS queuedCalls,
  ended.completedCallsToday, ended.voicemailCount, ended.customerEndedCount,
  (SELECT COUNT(DISTINCT cc.B) FROM campaigns c JOIN _campaigntocontact cc ON cc.A = c.id
    WHERE c.deleted = 0 AND c.status = 'RUNNING'
      AND (NOT EXISTS (SELECT 1 FROM calls k WHERE k.campaignid = c.id AND k.contactid = cc.B)
        OR EXISTS (SELECT 1 FROM calls k WHERE k.campaignid = c.id AND k.contactid = cc.B AND k.status IN ('QUEUED', 'INPROGRESS')))
  ) AS remainingCalls,
  (SELECT value FROM settings WHERE name = 'pauseAllCampaigns' LIMIT 1) AS pauseAllCampaigns,
  (SELECT value FROM settings WHERE name = 'callConcurrency' LIMIT 1) AS callConcurrency
FROM (SELECT COUNT(*) AS completedCallsToday,
    COUNT(CASE WHEN endReason = 'voicemail' THEN 1 END) AS voicemailCount,
    COUNT(CASE WHEN endReason = 'customer-ended-call' THEN 1 END) AS customerEndedCount
  FROM calls WHERE status = 'ENDED' AND updatedAt >= ? AND updatedAt < ?) AS ended`

/** The snapshot's statement and its parameters for one local day. */
export const snapshotStatement = (day: UtcRange): { sql: string; values: string[] } => ({
  sql: statement,
  values: [day.from, day.to, day.from, day.to],
})
