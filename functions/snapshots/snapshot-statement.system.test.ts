import { createConnection, type RowDataPacket } from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { callIndexes } from '../../deployment/bench/calling-database.ts'
import { createSeededRandom } from '../../deployment/demo/seeded-random.ts'
import { type Mariadb, startMariadb } from '../../deployment/testing/mariadb.ts'
import { requireParts } from '../../deployment/testing/real-part.ts'
import { snapshotStatement } from './snapshot-statement.ts'

const tables = `
CREATE TABLE campaigns (id INT PRIMARY KEY, status VARCHAR(20), deleted TINYINT(1) NOT NULL, createdAt DATETIME(3) NOT NULL);
CREATE TABLE calls (id INT PRIMARY KEY AUTO_INCREMENT, campaignid INT NOT NULL, contactid INT NOT NULL, status VARCHAR(20), endReason VARCHAR(50),
  updatedAt DATETIME(3) NOT NULL);
CREATE TABLE _campaigntocontact (A INT NOT NULL, B INT NOT NULL);
CREATE TABLE settings (name VARCHAR(50) PRIMARY KEY, value TEXT);
INSERT INTO settings VALUES ('callConcurrency', '5')`
const day = { from: '2026-03-02 05:00:00', to: '2026-03-03 05:00:00' }
const times = ['2026-03-02 04:59:59', day.from, '2026-03-02 12:00:00', day.to]
const within = (time: string) => time >= day.from && time < day.to
const password = 'heron-4-tide'

/** Rows as a calling platform could have them, and some that it could not: contacts twice, calls of no contact, no status. */
const randomRows = (seed: number) => {
  const random = createSeededRandom(seed)
  const pick = <T>(values: readonly T[]) => values[Math.floor(random() * values.length)] as T
  const upTo = (count: number) => Array.from({ length: Math.floor(random() * count) }, (_, index) => index)
  const campaigns = [...upTo(6), 6].map((id) => ({
    id,
    status: pick(['RUNNING', 'RUNNING', 'PAUSED', null]),
    deleted: pick([0, 0, 1]),
    createdAt: pick(times),
  }))
  const contacts = upTo(40).map(() => ({ A: pick([0, 1, 2, 3, 4, 5, 6, 9]), B: Math.floor(random() * 8) }))
  const calls = upTo(40).map(() => ({
    campaignid: pick([0, 1, 2, 3, 4, 5, 6, 9]),
    contactid: Math.floor(random() * 8),
    status: pick(['QUEUED', 'INPROGRESS', 'ENDED', 'ENDED', 'ENDED', 'FAILED', 'CANCELLED', null]),
    endReason: pick(['voicemail', 'customer-ended-call', null]),
    updatedAt: pick(times),
  }))
  return { campaigns, contacts, calls }
}

/** The metrics by their definitions. */
const expectedOf = ({ campaigns, contacts, calls }: ReturnType<typeof randomRows>) => {
  const running = new Set(campaigns.filter((each) => each.deleted === 0 && each.status === 'RUNNING').map(({ id }) => id))
  const ended = calls.filter((call) => call.status === 'ENDED' && within(call.updatedAt))
  const remains = ({ A, B }: { A: number; B: number }) => {
    const own = calls.filter((call) => call.campaignid === A && call.contactid === B)
    return running.has(A) && (own.length === 0 || own.some(({ status }) => status === 'QUEUED' || status === 'INPROGRESS'))
  }
  return {
    campaignsToday: campaigns.filter((each) => each.deleted === 0 && within(each.createdAt)).length,
    runningCampaigns: running.size,
    pauseAllCampaigns: null,
    callConcurrency: '5',
    activeCalls: calls.filter(({ status }) => status === 'INPROGRESS').length,
    queuedCalls: calls.filter(({ status }) => status === 'QUEUED').length,
    completedCallsToday: ended.length,
    voicemailCount: ended.filter(({ endReason }) => endReason === 'voicemail').length,
    customerEndedCount: ended.filter(({ endReason }) => endReason === 'customer-ended-call').length,
    remainingCalls: new Set(contacts.filter(remains).map(({ B }) => B)).size,
  }
}

describe.runIf(requireParts('mariadbd', 'mariadb-install-db'))('the statement', () => {
  let mariadb: Mariadb
  beforeAll(async () => {
    mariadb = await startMariadb()
  })
  afterAll(() => mariadb.stop())

  test.each([
    ['bare', []],
    ['indexed', Object.values(callIndexes)],
  ])(
    'brings the numbers of the definitions on 60 random databases, %s, and without the remaining calls the same others',
    async (name, indexes) => {
      await mariadb.createSchema(name, password)
      await mariadb.run([tables, ...indexes].join(';\n'), name)
      const login = { host: '127.0.0.1', port: mariadb.port, user: name, password, database: name }
      await using connection = await createConnection(login)
      const ask = async (countsRemaining: boolean) => {
        const { sql, values } = snapshotStatement(day, countsRemaining)
        return (await connection.query<RowDataPacket[]>(sql, values))[0][0]
      }
      for (let seed = 1; seed <= 60; seed++) {
        const rows = randomRows(seed)
        const stored = { campaigns: rows.campaigns, _campaigntocontact: rows.contacts, calls: rows.calls }
        for (const [table, values] of Object.entries(stored)) {
          await connection.query('DELETE FROM ??', [table])
          for (const value of values) await connection.query('INSERT INTO ?? SET ?', [table, value])
        }
        const { remainingCalls, ...others } = expectedOf(rows)
        expect(await ask(true), `seed ${seed}`).toEqual({ ...others, remainingCalls })
        expect(await ask(false), `seed ${seed}`).toEqual(others)
      }
    },
  )
})
