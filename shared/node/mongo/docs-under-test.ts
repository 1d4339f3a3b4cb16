import { nameKey } from '../../name-key.ts'
import { metricNames, type Snapshot } from '../../snapshot/snapshot.ts'
import type { PartnerDoc } from './partners/partners.ts'

/** A moment that no TTL index reaches while a test runs: `minutes` after the start of 2100. */
export const at = (minutes: number): Date => new Date(Date.UTC(2100, 0, 1, 0, minutes))

/** A partner behind SSH, due at minute 0, whose id is its name. */
export const partnerDoc = (partnerName: string, changes: Partial<PartnerDoc> = {}): PartnerDoc => ({
  _id: partnerName,
  partnerName,
  nameKey: nameKey(partnerName),
  tenantId: 0,
  timezone: 'America/New_York',
  isActive: true,
  priority: 4,
  concurrencyLimit: 10,
  maxConcurrency: 50,
  pauseNonPriorityCampaigns: false,
  db: { type: 'mysql', host: '10.0.0.5', port: 3306, name: 'acme', username: 'reader', password: 'sealed' },
  ssh: {
    enabled: true,
    host: 'acme.example',
    port: 22,
    username: 'ops',
    password: 'sealed',
    privateKey: null,
    passphrase: null,
    hostKey: null,
    trustOnFirstUse: false,
    presentedHostKey: null,
  },
  sync: { status: 'NEVER_SYNCED', lastSyncAt: null, lastError: null, consecutiveFailures: 0 },
  schedule: { dueAt: at(0), leasedUntil: new Date(0), leaseId: null },
  latest: null,
  trend: [],
  version: 1,
  createdAt: at(0),
  updatedAt: at(0),
  ...changes,
})

/** A snapshot in which every metric has the same value. */
export const snapshotOf = (value: number, snapshotTime: Date): Snapshot => ({
  ...(Object.fromEntries(metricNames.map((name) => [name, value])) as Record<(typeof metricNames)[number], number>),
  snapshotTime,
  pauseAllCampaigns: false,
  alertLevel: 'NORMAL',
  alertMessage: '',
})
