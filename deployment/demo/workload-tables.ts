import type { DatabaseSync } from 'node:sqlite'

const schema = `
CREATE TABLE campaigns (id INTEGER PRIMARY KEY, name TEXT NOT NULL, status TEXT NOT NULL, deleted INTEGER NOT NULL DEFAULT 0, createdAt TEXT NOT NULL, jobTitle TEXT);
CREATE TABLE calls (id INTEGER PRIMARY KEY, campaignid INTEGER NOT NULL, contactid INTEGER NOT NULL, status TEXT NOT NULL, endReason TEXT, createdAt TEXT NOT NULL, updatedAt TEXT NOT NULL);
CREATE TABLE _campaigntocontact (A INTEGER NOT NULL, B INTEGER NOT NULL, PRIMARY KEY (A, B)) WITHOUT ROWID;
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT);
CREATE TABLE settings_auditlogs (userid INTEGER NOT NULL, oldvalue TEXT, newvalue TEXT, createdat TEXT NOT NULL);
CREATE TABLE ats_submittals (id INTEGER PRIMARY KEY, status TEXT NOT NULL, createdAt TEXT NOT NULL);
CREATE INDEX calls_by_status ON calls (status, updatedAt);
CREATE INDEX calls_by_contact ON calls (campaignid, contactid, status);
CREATE INDEX submittals_by_time ON ats_submittals (createdAt);
`

/** UTC as `YYYY-MM-DD HH:MM:SS.mmm`, which sorts as text in the order of time. */
export const utcText = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').slice(0, 23)

/** Creates a partner's tables in an empty database and returns the writes that its workload makes. */
export const createWorkloadTables = (database: DatabaseSync, concurrencyLimit: number, startMs: number) => {
  database.exec(schema)
  const setting = database.prepare('INSERT INTO settings (name, value) VALUES (?, ?)')
  setting.run('callConcurrency', String(concurrencyLimit))
  setting.run('pauseAllCampaigns', '0')
  setting.run('pauseNonPriorityCampaigns', '0')
  database
    .prepare('INSERT INTO settings_auditlogs (userid, oldvalue, newvalue, createdat) VALUES (9999999999, ?, ?, ?)')
    .run('5', String(concurrencyLimit), utcText(startMs))

  const campaign = database.prepare("INSERT INTO campaigns (name, status, createdAt, jobTitle) VALUES (?, 'RUNNING', ?, ?)")
  const contact = database.prepare('INSERT INTO _campaigntocontact (A, B) VALUES (?, ?)')
  const finish = database.prepare("UPDATE campaigns SET status = 'COMPLETED' WHERE id = ?")
  const queue = database.prepare("INSERT INTO calls (campaignid, contactid, status, createdAt, updatedAt) VALUES (?, ?, 'QUEUED', ?, ?)")
  const start = database.prepare("UPDATE calls SET status = 'INPROGRESS', updatedAt = ? WHERE id = ?")
  const end = database.prepare('UPDATE calls SET status = ?, endReason = ?, updatedAt = ? WHERE id = ?')
  const submittal = database.prepare("INSERT INTO ats_submittals (status, createdAt) VALUES ('SUBMITTED', ?)")
  const oldCalls = database.prepare("DELETE FROM calls WHERE status IN ('ENDED', 'FAILED', 'CANCELLED') AND updatedAt < ?")
  const oldContacts = database.prepare(
    'DELETE FROM _campaigntocontact WHERE A IN (SELECT id FROM campaigns WHERE status = ? AND createdAt < ?)',
  )
  const oldCampaigns = database.prepare('DELETE FROM campaigns WHERE status = ? AND createdAt < ?')
  const oldSubmittals = database.prepare('DELETE FROM ats_submittals WHERE createdAt < ?')

  return {
    addCampaign: (name: string, jobTitle: string | null, contacts: number[], atMs: number): number => {
      const id = Number(campaign.run(name, utcText(atMs), jobTitle).lastInsertRowid)
      for (const person of contacts) contact.run(id, person)
      return id
    },
    finishCampaign: (id: number) => finish.run(id),
    queueCall: (campaignId: number, contactId: number, atMs: number): number =>
      Number(queue.run(campaignId, contactId, utcText(atMs), utcText(atMs)).lastInsertRowid),
    startCall: (id: number, atMs: number) => start.run(utcText(atMs), id),
    endCall: (id: number, status: string, endReason: string | null, atMs: number) => end.run(status, endReason, utcText(atMs), id),
    addSubmittal: (atMs: number) => submittal.run(utcText(atMs)),
    forgetBefore: (ms: number) => {
      const before = utcText(ms)
      oldCalls.run(before)
      oldContacts.run('COMPLETED', before)
      oldCampaigns.run('COMPLETED', before)
      oldSubmittals.run(before)
    },
  }
}
