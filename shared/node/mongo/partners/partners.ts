import type { Db, Document, UpdateFilter } from 'mongodb'
import type { Hop } from '../../../reach/reach-error.ts'
import type { TlsMode } from '../../../reach/reach-target.ts'
import type { Snapshot } from '../../../snapshot/snapshot.ts'
import type { TrendPoint } from '../../../snapshot/trend.ts'
import type { CollectionIndexes } from '../ensure-indexes.ts'
import { isDuplicateKey } from '../is-duplicate-key.ts'

/** A host key that an admin (or `trustOnFirstUse`) trusted. `sha256` is `SHA256:` and base64, as OpenSSH prints it. */
export type TrustedHostKey = { type: string; sha256: string; trustedAt: Date; trustedBy: string }

/** What a capture that failed says. */
export type CaptureFailure = { reason: string; stage: string; hop?: Hop | undefined; message: string }

type Address = { host: string; port: number }

export type SyncState = {
  status: 'NEVER_SYNCED' | 'IN_PROGRESS' | 'SUCCESS' | 'FAILED'
  /** When the last capture that worked was taken. */
  lastSyncAt: Date | null
  lastError: (CaptureFailure & { at: Date }) | null
  consecutiveFailures: number
  /** Of the database, as the last capture that worked met it; none where its connection is not encrypted. */
  certificateEndsAt?: Date | null
}

/** A login to an SSH server as stored, and what is known of the server's key. */
export type SshLoginDoc = {
  host: string
  port: number
  username: string
  password: string | null
  privateKey: string | null
  passphrase: string | null
  /** Of the private key, a line; `null` or, in what was stored before, absent: none. */
  certificate?: string | null
  hostKey: TrustedHostKey | null
  trustOnFirstUse: boolean
  /** Public keys of the authorities whose certificates are trusted instead of one key, and the fingerprints that are revoked. */
  hostCa?: readonly string[]
  revokedKeys?: readonly string[]
  /** The last key that was refused, waiting for an admin's decision. */
  presentedHostKey: { type: string; sha256: string } | null
}

/** The last count of the remaining calls that was costly: when, how long its statement took, and the last number that is known. */
export type RemainingCount = { triedAt: Date; ms: number; counted: { at: Date; calls: number } | null }

/** A partner as stored. Secrets are sealed envelopes; `null`: none. */
export type PartnerDoc = {
  _id: string
  partnerName: string
  nameKey: string
  tenantId: number
  timezone: string
  isActive: boolean
  priority: number
  concurrencyLimit: number
  maxConcurrency: number
  pauseNonPriorityCampaigns: boolean
  db: {
    type: 'mysql'
    host: string
    port: number
    name: string
    username: string
    password: string | null
    /** Partners that were saved before there was a choice have none of these: their connections are not encrypted. */
    tls?: TlsMode
    tlsCa?: string | null
    tlsCertificate?: string | null
    tlsKey?: string | null
  }
  /** `jumps`: the hops to it, in order; absent in partners that were stored before there were any. */
  ssh: SshLoginDoc & { enabled: boolean; jumps?: SshLoginDoc[] }
  sync: SyncState
  /** `dueAt`: the slot of the next capture. `leasedUntil` is in the past when no process captures it. */
  schedule: { dueAt: Date; leasedUntil: Date; leaseId: string | null }
  latest: Snapshot | null
  /** `null` or not there: counting is cheap. */
  remainingCount?: RemainingCount | null
  /** The last hour, oldest first, about one point a minute. */
  trend: TrendPoint[]
  version: number
  createdAt: Date
  updatedAt: Date
}

/** An SSH server and the hops to it. */
type Way = Address & { jumps?: readonly Address[] }

/** Where the login is whose key was seen: that of a hop, counted from 1, or of the partner's own SSH server. */
const loginPath = (hop: number | undefined) => (hop === undefined ? 'ssh' : `ssh.jumps.${hop - 1}`)

/** That a server is still reached in the way on which its key was seen. */
const sameWay = ({ host, port, jumps = [] }: Way, hop: number | undefined): Document => {
  const addressAt = (path: string, address: Address) => ({ [`${path}.host`]: address.host, [`${path}.port`]: address.port })
  const before = jumps.slice(0, hop).map((jump, index) => addressAt(`ssh.jumps.${index}`, jump))
  const own = hop === undefined ? [addressAt('ssh', { host, port }), { [`ssh.jumps.${jumps.length}`]: { $exists: false } }] : []
  return Object.assign({}, ...before, ...own)
}

export const partnerIndexes: CollectionIndexes = {
  collection: 'partner_configs',
  indexes: [
    { key: { nameKey: 1 }, name: 'name', unique: true },
    { key: { isActive: 1, 'schedule.dueAt': 1 }, name: 'due' },
    { key: { isActive: 1, 'sync.consecutiveFailures': 1 }, name: 'failing' },
  ],
}

const free = new Date(0)

/** `conflict`: another partner has the name; nothing was written. */
export type WriteResult = 'ok' | 'conflict'

const orConflict = async (write: Promise<unknown>): Promise<WriteResult> => {
  try {
    await write
    return 'ok'
  } catch (error) {
    if (isDuplicateKey(error)) return 'conflict'
    throw error
  }
}

/** The partners, their schedule and their latest state, in one document each. */
export const createPartnerStore = (db: Db) => {
  const partners = db.collection<PartnerDoc>('partner_configs')
  const finish = async (id: string, leaseId: string, update: UpdateFilter<PartnerDoc>): Promise<boolean> =>
    (await partners.updateOne({ _id: id, 'schedule.leaseId': leaseId }, update)).matchedCount === 1

  return {
    list: (filter: { isActive?: boolean } = {}) => partners.find(filter).sort({ nameKey: 1 }).toArray(),
    find: (id: string) => partners.findOne({ _id: id }),
    activeIds: async () => (await partners.find({ isActive: true }).project<{ _id: string }>({ _id: 1 }).toArray()).map(({ _id }) => _id),
    /** How many partners are active, and how many of them failed so many captures in a row, leaving some aside. */
    countActive: async ({ failures, except }: { failures: number; except: readonly string[] }) => {
      const counted = { isActive: true, ...(except.length > 0 && { _id: { $nin: [...except] } }) }
      const [active, failing] = await Promise.all([
        partners.countDocuments(counted),
        partners.countDocuments({ ...counted, 'sync.consecutiveFailures': { $gte: failures } }),
      ])
      return { active, failing }
    },
    /** How many partners are active, and how many of them have a slot due outside of these times. */
    countLate: async ({ before, after }: { before: Date; after: Date }) => {
      const [active, overdue, ahead] = await Promise.all([
        partners.countDocuments({ isActive: true }),
        partners.countDocuments({ isActive: true, 'schedule.dueAt': { $lt: before } }),
        partners.countDocuments({ isActive: true, 'schedule.dueAt': { $gt: after } }),
      ])
      return { active, late: overdue + ahead }
    },
    namesIn: async (keys: readonly string[]) =>
      (
        await partners
          .find({ nameKey: { $in: [...keys] } })
          .project<{ nameKey: string }>({ nameKey: 1 })
          .toArray()
      ).map((row) => row.nameKey),

    insert: (doc: PartnerDoc) => orConflict(partners.insertOne(doc)),
    /** Inserts all or none. */
    insertAll: async (docs: readonly PartnerDoc[]): Promise<WriteResult> => {
      try {
        return await orConflict(partners.insertMany([...docs]))
      } finally {
        const kept = await partners.countDocuments({ _id: { $in: docs.map((doc) => doc._id) } })
        if (kept !== docs.length) await partners.deleteMany({ _id: { $in: docs.map((doc) => doc._id) } })
      }
    },
    /** Sets fields when the stored version is still `version`. `stale`: it is not, or the partner is gone. */
    update: async (id: string, version: number, fields: Partial<PartnerDoc> & Document): Promise<WriteResult | 'stale'> => {
      let matched = 0
      const result = await orConflict(
        partners.updateOne({ _id: id, version }, { $set: fields, $inc: { version: 1 } }).then((done) => {
          matched = done.matchedCount
        }),
      )
      return result === 'ok' && matched === 0 ? 'stale' : result
    },
    remove: async (id: string) => (await partners.deleteOne({ _id: id })).deletedCount === 1,

    /** Leases the partner whose slot has been due the longest. `null`: none is due. */
    claimDue: (lease: { id: string; now: Date; until: Date }) =>
      partners.findOneAndUpdate(
        { isActive: true, 'schedule.dueAt': { $lte: lease.now }, 'schedule.leasedUntil': { $lte: lease.now } },
        { $set: { 'schedule.leaseId': lease.id, 'schedule.leasedUntil': lease.until, 'sync.status': 'IN_PROGRESS' } },
        { sort: { 'schedule.dueAt': 1 }, returnDocument: 'after' },
      ),
    /** Leases one partner, due or not. `null`: it does not exist or another process holds it. */
    claim: (id: string, lease: { id: string; now: Date; until: Date }) =>
      partners.findOneAndUpdate(
        { _id: id, 'schedule.leasedUntil': { $lte: lease.now } },
        { $set: { 'schedule.leaseId': lease.id, 'schedule.leasedUntil': lease.until, 'sync.status': 'IN_PROGRESS' } },
        { returnDocument: 'after' },
      ),
    /** Ends the lease with a snapshot. `false`: the lease was lost. */
    succeed: (
      id: string,
      leaseId: string,
      snapshot: Snapshot,
      options: {
        dueAt: Date
        trend: TrendPoint[]
        certificateEndsAt?: Date | null
        concurrencyLimit?: number
        remainingCount?: RemainingCount | null
      },
    ) =>
      finish(id, leaseId, {
        $set: {
          latest: snapshot,
          trend: options.trend,
          sync: {
            status: 'SUCCESS',
            lastSyncAt: snapshot.snapshotTime,
            lastError: null,
            consecutiveFailures: 0,
            certificateEndsAt: options.certificateEndsAt ?? null,
          },
          schedule: { dueAt: options.dueAt, leasedUntil: free, leaseId: null },
          ...(options.concurrencyLimit !== undefined && { concurrencyLimit: options.concurrencyLimit }),
          ...(options.remainingCount !== undefined && { remainingCount: options.remainingCount }),
        },
      }),
    /** Ends the lease with a gap. `false`: the lease was lost. */
    fail: (
      id: string,
      leaseId: string,
      failure: CaptureFailure & { at: Date },
      options: { dueAt: Date; trend: TrendPoint[]; remainingCount?: RemainingCount | null },
    ) =>
      finish(id, leaseId, {
        $set: {
          'sync.status': 'FAILED',
          'sync.lastError': failure,
          trend: options.trend,
          ...(options.remainingCount !== undefined && { remainingCount: options.remainingCount }),
          schedule: { dueAt: options.dueAt, leasedUntil: free, leaseId: null },
        },
        $inc: { 'sync.consecutiveFailures': 1 },
      }),
    /** Gives a lease back unused: the partner is due again at once. */
    release: (id: string, leaseId: string, status: SyncState['status']) =>
      finish(id, leaseId, { $set: { 'sync.status': status, 'schedule.leasedUntil': free, 'schedule.leaseId': null } }),
    /** Makes due `now` what is due after `latestDue`, and frees the leases that last beyond `latestLease`. Says how many of each. */
    repairSchedule: async (limits: { now: Date; latestDue: Date; latestLease: Date }) => {
      const due = await partners.updateMany({ 'schedule.dueAt': { $gt: limits.latestDue } }, { $set: { 'schedule.dueAt': limits.now } })
      const leases = await partners.updateMany(
        { 'schedule.leasedUntil': { $gt: limits.latestLease } },
        { $set: { 'schedule.leasedUntil': free, 'schedule.leaseId': null } },
      )
      return { due: due.modifiedCount, leases: leases.modifiedCount }
    },
    /** Makes every partner due at `latest` or before. */
    hasten: (latest: Date) => partners.updateMany({}, { $min: { 'schedule.dueAt': latest } }),

    /** Trusts a host key, unless the way to its server changed since it was seen. */
    trustHostKey: async (id: string, way: Way, hostKey: TrustedHostKey, dueAt: Date, hop?: number) =>
      (
        await partners.updateOne(
          { _id: id, ...sameWay(way, hop) },
          {
            $set: {
              [`${loginPath(hop)}.hostKey`]: hostKey,
              [`${loginPath(hop)}.trustOnFirstUse`]: false,
              [`${loginPath(hop)}.presentedHostKey`]: null,
              'schedule.dueAt': dueAt,
              updatedAt: hostKey.trustedAt,
            },
            $inc: { version: 1 },
          },
        )
      ).matchedCount === 1,
    /** Keeps a key that was refused, so that an admin can decide about it. */
    presentHostKey: (id: string, way: Way, hostKey: { type: string; sha256: string }, hop?: number) =>
      partners.updateOne(
        { _id: id, ...sameWay(way, hop) },
        { $set: { [`${loginPath(hop)}.presentedHostKey`]: { type: hostKey.type, sha256: hostKey.sha256 } } },
      ),
    /** Trusts the first key of a server with `trustOnFirstUse`; does nothing for others. */
    trustFirstKey: async (id: string, way: Way, hostKey: TrustedHostKey, hop?: number) => {
      const path = loginPath(hop)
      const { matchedCount } = await partners.updateOne(
        { _id: id, ...sameWay(way, hop), [`${path}.hostKey`]: null, [`${path}.trustOnFirstUse`]: true },
        { $set: { [`${path}.hostKey`]: hostKey, [`${path}.trustOnFirstUse`]: false, [`${path}.presentedHostKey`]: null } },
      )
      return matchedCount === 1
    },
    /** Fills in the type of a key that was pinned by its fingerprint alone. */
    nameHostKeyType: (id: string, hostKey: { type: string; sha256: string }, hop?: number) =>
      partners.updateOne(
        { _id: id, [`${loginPath(hop)}.hostKey.sha256`]: hostKey.sha256 },
        { $set: { [`${loginPath(hop)}.hostKey.type`]: hostKey.type } },
      ),
  }
}

export type PartnerStore = ReturnType<typeof createPartnerStore>
