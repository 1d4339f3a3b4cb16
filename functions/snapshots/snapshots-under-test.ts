import { openTestDatabase, type TestDatabase } from '../../deployment/testing/test-databases.ts'
import { levelOf } from '../../shared/alert/alert-rules.ts'
import type { Actor } from '../../shared/http/app-env.ts'
import { createApp } from '../../shared/http/create-app.ts'
import { createOpenStreams } from '../../shared/http/create-open-streams.ts'
import { createSealer } from '../../shared/node/crypto/create-sealer.ts'
import { newId } from '../../shared/node/ids.ts'
import { createLog } from '../../shared/node/log.ts'
import { type AuditEntry, auditLogIndexes, createAuditLog } from '../../shared/node/mongo/access/audit-log.ts'
import { ensureIndexes } from '../../shared/node/mongo/ensure-indexes.ts'
import { type ConnectionLogDoc, connectionLogIndexes, createConnectionLogStore } from '../../shared/node/mongo/partners/connection-logs.ts'
import { createPartnerStore, type PartnerDoc, partnerIndexes } from '../../shared/node/mongo/partners/partners.ts'
import { createSnapshotRollupStore, type RollupDoc, snapshotRollupIndexes } from '../../shared/node/mongo/partners/snapshot-rollups.ts'
import { type CaptureDoc, createSnapshotStore, snapshotIndexes } from '../../shared/node/mongo/partners/snapshots.ts'
import { createSettingsStore } from '../../shared/node/mongo/settings.ts'
import { createConnectPartner } from '../../shared/node/reach/connect-partner.ts'
import { createConnectionPool } from '../../shared/node/reach/connection-pool.ts'
import { openPrivateKey } from '../../shared/node/ssh/open-private-key.ts'
import { secretContext } from '../../shared/partner/partner-target.ts'
import { stageTimeouts } from '../../shared/settings.ts'
import type { CapturePartnerDeps } from './capture-partner.ts'
import { createSweeper } from './create-sweeper.ts'
import { snapshots } from './handler.ts'

const token = (id: string, scopes: Extract<Actor, { kind: 'token' }>['scopes']): Actor => ({ kind: 'token', id, name: id, scopes })

/** Who each bearer token is. */
const actors: Readonly<Record<string, Actor>> = {
  admin: { kind: 'user', id: 'u1', name: 'Ada', role: 'ADMIN', sessionId: 's1' },
  viewer: { kind: 'user', id: 'u2', name: 'Eve', role: 'VIEWER', sessionId: 's2' },
  reader: token('reader', ['snapshots:read']),
  capturer: token('capturer', ['snapshots:capture']),
}

/** Where a partner is, as its server tells it. */
type Address = {
  ssh?: { host: string; port: number; username: string; password?: string; privateKey?: string; hostKeySha256?: string }
  db: { host: string; port: number; name: string; username: string; password: string }
}

type SnapshotsOptions = {
  /** A database that somebody else opened and closes. */
  db?: TestDatabase['db']
  /** The clock, in milliseconds; without it, `clock.ms`, which only the test moves. */
  nowMs?: () => number
  /** Instead of connections to the partners. */
  pool?: CapturePartnerDeps['pool']
}

export const encryptionKey = new Uint8Array(32).fill(7)
const idleConnectionMs = 600_000

/** The capture of partners as in production: a database, and any number of processes that share it. */
export const openSnapshots = async (options: SnapshotsOptions = {}) => {
  const clock = { ms: Date.UTC(2026, 2, 2, 12) }
  const nowMs = options.nowMs ?? (() => clock.ms)
  const now = () => new Date(nowMs())
  const own = options.db ? null : await openTestDatabase({ now: nowMs })
  const db = options.db ?? own!.db
  await ensureIndexes(db, [partnerIndexes, snapshotIndexes, snapshotRollupIndexes, connectionLogIndexes, auditLogIndexes])
  const log = createLog({ level: 'silent' })
  const sealer = createSealer(encryptionKey)
  const stores = {
    partners: createPartnerStore(db),
    snapshots: createSnapshotStore(db),
    rollups: createSnapshotRollupStore(db),
    logs: createConnectionLogStore(db),
    settings: createSettingsStore(db),
  }
  const base = { ...stores, sealer, log, now, newId, monotonicMs: nowMs, audit: createAuditLog(db, { newId, now }) }
  const ends: (() => Promise<void>)[] = []

  /** The captures of one process. Closed with the rest. */
  const startProcess = (overrides: { pool?: CapturePartnerDeps['pool'] | undefined; partners?: typeof stores.partners } = {}) => {
    const connectPartner = createConnectPartner({ openKey: openPrivateKey })
    const pool = createConnectionPool({
      connect: async (target, signal) => connectPartner(target, { signal, timeoutsMs: stageTimeouts(await stores.settings.read()) }),
      idleMs: idleConnectionMs,
      retryDelayMs: { first: 1_000, max: 4_000 },
      monotonicMs: nowMs,
    })
    let waits = 0
    const sweeper = createSweeper({
      ...base,
      pool: overrides.pool ?? options.pool ?? pool,
      ...(overrides.partners && { partners: overrides.partners }),
      levelOf,
      captured: () => {},
      wait: () => {
        waits += 1
        return new Promise((resolve) => setTimeout(resolve, 5))
      },
    })
    ends.push(async () => {
      await sweeper.stop()
      await pool.close()
    })
    return { ...sweeper, pool, hasJoined: () => waits > 0 }
  }
  const here = startProcess()
  const app = createApp({ log, corsOrigins: [], newId, peer: () => ({ address: '', trusted: false }), monotonicMs: nowMs })
  const streams = createOpenStreams({
    monotonicMs: nowMs,
    stopping: new AbortController().signal,
    wait: () => new Promise(() => {}),
    hangUp: () => {},
  })
  app.route('/api/snapshots', snapshots({ ...base, sweeper: here, streams, authenticate: async (bearer) => actors[bearer] ?? null }))

  return {
    ...stores,
    ...here,
    db,
    clock,
    startProcess,
    request: (path: string, { as = 'admin', body, accept }: { as?: string; body?: unknown; accept?: string } = {}) =>
      app.request(`/api/snapshots${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: {
          Authorization: `Bearer ${as}`,
          ...(body !== undefined && { 'Content-Type': 'application/json' }),
          ...(accept !== undefined && { Accept: accept }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    /** Stores a partner that is due now, its secrets sealed and its host key trusted, unless `changes` says otherwise. */
    addPartner: async (id: string, { ssh, db: database }: Address = nowhere, changes: Partial<PartnerDoc> = {}): Promise<PartnerDoc> => {
      const doc: PartnerDoc = {
        ...profile,
        _id: id,
        partnerName: id,
        nameKey: id.toLowerCase(),
        db: { ...database, type: 'mysql', password: sealer.seal(database.password, secretContext(id, 'db.password')) },
        ssh: {
          ...noSsh,
          ...(ssh && {
            enabled: true,
            host: ssh.host,
            port: ssh.port,
            username: ssh.username,
            ...(ssh.privateKey !== undefined
              ? { privateKey: sealer.seal(ssh.privateKey, secretContext(id, 'ssh.privateKey')) }
              : { password: sealer.seal(ssh.password ?? '', secretContext(id, 'ssh.password')) }),
            hostKey: { type: 'ssh-ed25519', sha256: ssh.hostKeySha256 ?? '', trustedAt: now(), trustedBy: 'Ada' },
          }),
        },
        schedule: { dueAt: now(), leasedUntil: new Date(0), leaseId: null },
        createdAt: now(),
        updatedAt: now(),
        ...changes,
      }
      await stores.partners.insert(doc)
      return doc
    },
    partner: async (id: string): Promise<PartnerDoc> => {
      const found = await stores.partners.find(id)
      if (!found) throw new Error(`no partner ${id}`)
      return found
    },
    /** Everything that captures left, oldest first. */
    stored: async (partnerId?: string) => {
      const filter = partnerId === undefined ? {} : { partnerId }
      return {
        captures: await db.collection<CaptureDoc>('dashboard_snapshots').find(filter).sort({ snapshotTime: 1 }).toArray(),
        rollups: await db.collection<RollupDoc>('snapshot_rollups').find(filter).sort({ resolution: -1, bucket: 1 }).toArray(),
        logs: await db.collection<ConnectionLogDoc>('connection_logs').find(filter).sort({ _id: 1 }).toArray(),
      }
    },
    audited: () => db.collection<AuditEntry>('audit_log').find().sort({ _id: 1 }).toArray(),
    close: async () => {
      await Promise.all(ends.map((end) => end()))
      await own?.close()
    },
  }
}

export type SnapshotsUnderTest = Awaited<ReturnType<typeof openSnapshots>>

const nowhere: Address = { db: { host: '127.0.0.1', port: 1, name: 'acme', username: 'reader', password: 'db-secret-1' } }
const noSsh: PartnerDoc['ssh'] = {
  enabled: false,
  host: '',
  port: 22,
  username: '',
  password: null,
  privateKey: null,
  passphrase: null,
  hostKey: null,
  trustOnFirstUse: false,
  presentedHostKey: null,
}
const profile: Omit<PartnerDoc, '_id' | 'partnerName' | 'nameKey' | 'db' | 'ssh' | 'schedule' | 'createdAt' | 'updatedAt'> = {
  tenantId: 0,
  timezone: 'America/New_York',
  isActive: true,
  priority: 4,
  concurrencyLimit: 10,
  maxConcurrency: 50,
  pauseNonPriorityCampaigns: false,
  sync: { status: 'NEVER_SYNCED', lastSyncAt: null, lastError: null, consecutiveFailures: 0 },
  latest: null,
  trend: [],
  version: 1,
}
