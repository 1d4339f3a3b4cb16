import { buildPartner } from '../../functions/partners/build-partner.ts'
import { NewPartner } from '../../functions/partners/schema.ts'
import { readConfig } from '../../shared/node/config.ts'
import { createSealer } from '../../shared/node/crypto/create-sealer.ts'
import { newId } from '../../shared/node/ids.ts'
import { createLog } from '../../shared/node/log.ts'
import { ensureIndexes } from '../../shared/node/mongo/ensure-indexes.ts'
import { createPartnerStore, type PartnerDoc, partnerIndexes } from '../../shared/node/mongo/partners/partners.ts'
import { type CaptureDoc, snapshotIndexes } from '../../shared/node/mongo/partners/snapshots.ts'
import type { Snapshot } from '../../shared/snapshot/snapshot.ts'
import { openDatabase } from '../node/open-database.ts'

const partnerCount = 1_000
const snapshotsPerPartner = 200
const trendLength = 60
const partnersPerBatch = 50
const msPerMinute = 60_000
const msPerDay = 86_400_000

const snapshotAt = (snapshotTime: Date, seed: number): Snapshot => ({
  snapshotTime,
  campaignsToday: seed % 12,
  runningCampaigns: seed % 14,
  activeCalls: seed % 33,
  queuedCalls: seed % 47,
  completedCallsToday: 400 + (seed % 4_000),
  voicemailCount: seed % 300,
  customerEndedCount: seed % 200,
  remainingCalls: seed % 2_500,
  concurrencyLimit: 40,
  utilizationPercent: (seed % 33) * 2.5,
  captureMs: 20 + (seed % 15),
  pauseAllCampaigns: false,
  alertLevel: 'NORMAL',
  alertMessage: '',
})

/** The last captures of a partner, one a minute, oldest first. */
const historyOf = (partner: PartnerDoc, now: Date, seed: number) =>
  Array.from({ length: snapshotsPerPartner }, (_, index): CaptureDoc & Snapshot => {
    const snapshotTime = new Date(now.getTime() - (snapshotsPerPartner - 1 - index) * msPerMinute)
    return {
      _id: newId(),
      partnerId: partner._id,
      ok: true,
      ...snapshotAt(snapshotTime, seed * 7 + index),
      expiresAt: new Date(snapshotTime.getTime() + 7 * msPerDay),
    }
  })

/** Fills the embedded database in `dataDir` with 1,000 partners, not due before tomorrow, and 200,000 snapshots of theirs. */
export const fillDatabase = async (dataDir: string): Promise<void> => {
  const config = readConfig({ DATA_DIR: dataDir })
  const { db, close } = await openDatabase(config, createLog({ level: 'silent' }))
  try {
    await ensureIndexes(db, [partnerIndexes, snapshotIndexes])
    const now = new Date()
    const deps = { sealer: createSealer(config.ENCRYPTION_KEY), newId, now: () => now }
    const tomorrow = new Date(now.getTime() + msPerDay)
    for (let from = 0; from < partnerCount; from += partnersPerBatch) {
      const filled = Array.from({ length: partnersPerBatch }, (_, index) => {
        const seed = from + index
        const login = { host: `10.0.0.${seed % 250}`, username: 'reader', password: `password-${seed}` }
        const input = { partnerName: `Partner ${seed}`, db: { ...login, name: 'calls' }, ssh: { ...login, trustOnFirstUse: true } }
        const partner = buildPartner(deps, NewPartner.parse(input), 'bench')
        const history = historyOf(partner, now, seed)
        const trend = history
          .slice(-trendLength)
          .map(({ snapshotTime, utilizationPercent }): [number, number] => [Math.floor(snapshotTime.getTime() / 1000), utilizationPercent])
        const latest = snapshotAt(now, seed)
        const sync: PartnerDoc['sync'] = { status: 'SUCCESS', lastSyncAt: now, lastError: null, consecutiveFailures: 0 }
        return { partner: { ...partner, latest, trend, sync, schedule: { ...partner.schedule, dueAt: tomorrow } }, history }
      })
      await createPartnerStore(db).insertAll(filled.map(({ partner }) => partner))
      await db.collection<CaptureDoc>('dashboard_snapshots').insertMany(filled.flatMap(({ history }) => history))
    }
  } finally {
    await close()
  }
}
