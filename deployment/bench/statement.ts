import { createConnection, type RowDataPacket } from 'mysql2/promise'
import { localDay } from '../../functions/snapshots/local-day.ts'
import { snapshotStatement } from '../../functions/snapshots/snapshot-statement.ts'
import { callIndexes, callingDatabase } from './calling-database.ts'
import { type Benchmark, type Figure, inMs } from './figure.ts'
import { medianTurns } from './median.ts'
import { startDatabase } from './start-partner.ts'

const password = 'bench-only-1'
const rounds = 3
const budget = 0.5
/** Twice the rows may take so many times as long. */
const growthBudget = 2.5
const whole = { campaigns: 2_000, calls: 2_000_000, contacts: 1_000_000, hasIndexes: false }
const half = { campaigns: 1_000, calls: 1_000_000, contacts: 500_000, hasIndexes: false }

/** The statement until 2026-11-25: `calls` is read once for each number, and looked up twice for each contact. */
const earlier = `SELECT
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

type Database = Awaited<ReturnType<typeof startDatabase>>

const day = localDay(new Date(), 'America/New_York')
const { sql, values } = snapshotStatement(day)
const statements = { earlier, now: sql, 'without remaining calls': snapshotStatement(day, false).sql }

const ask = async (cleanup: AsyncDisposableStack, mariadb: Database, schema: string) => {
  const connection = await createConnection({ host: '127.0.0.1', port: mariadb.port, user: schema, password, database: schema })
  cleanup.defer(() => connection.end())
  await connection.query("SET SESSION time_zone = '+00:00'")
  await connection.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED')
  return async (text: string) => (await connection.query<RowDataPacket[]>(text, values))[0][0]
}

const create = async (mariadb: Database, schema: string, size: Parameters<typeof callingDatabase>[0]) => {
  await mariadb.createSchema(schema, password)
  await mariadb.run(callingDatabase(size), schema)
}

/** Times the statements in turns; the numbers have to be the same. */
const compare = async (query: Awaited<ReturnType<typeof ask>>) => {
  const before = await query(earlier)
  const now = await query(sql)
  const differing = Object.entries(before ?? {}).filter(([name, value]) => now?.[name] !== value)
  if (differing.length > 0) throw new Error(`the numbers differ: ${differing.map(([name]) => name)}`)
  const works = Object.entries(statements).map(([name, text]) => [name, () => query(text)])
  return medianTurns(rounds, Object.fromEntries(works) as Record<keyof typeof statements, () => Promise<unknown>>)
}

const figureOf = (what: string, ms: Awaited<ReturnType<typeof compare>>, limit: number): Figure => {
  const ratio = ms.now / ms.earlier
  return {
    what: `statement on 2,000,000 calls, ${what}: now / before`,
    figure: `${inMs(ms.now)} / ${inMs(ms.earlier)} (${inMs(ms['without remaining calls'])} without remaining calls)`,
    budget: `≤ ${limit}`,
    ratio,
    met: ratio <= limit,
  }
}

export const statement: Benchmark = {
  name: 'statement',
  run: async (cleanup) => {
    const mariadb = await startDatabase(cleanup, ['--innodb-buffer-pool-size=512M'])
    await create(mariadb, 'half', half)
    await create(mariadb, 'whole', whole)
    const [onHalf, onWhole] = [await ask(cleanup, mariadb, 'half'), await ask(cleanup, mariadb, 'whole')]
    const bare = await compare(onWhole)
    const sizes = { half: () => onHalf(sql), whole: () => onWhole(sql) }
    const ms = await medianTurns(rounds, sizes)
    await mariadb.run(callIndexes.byStatus, 'whole')
    const byStatus = await compare(onWhole)
    await mariadb.run(callIndexes.byContact, 'whole')
    const byBoth = await compare(onWhole)
    const growth = ms.whole / ms.half
    return [
      figureOf('no index', bare, budget),
      figureOf('index on status', byStatus, budget),
      figureOf('indexes on status and on contact', byBoth, 1),
      {
        what: 'statement on 2,000,000 / 1,000,000 calls, no index',
        figure: `${inMs(ms.whole)} / ${inMs(ms.half)}`,
        budget: `≤ ${growthBudget}`,
        ratio: growth,
        met: growth <= growthBudget,
      },
    ]
  },
}
