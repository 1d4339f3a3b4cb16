import { openTestDatabase } from '../../deployment/testing/test-databases.ts'
import type { Actor } from '../../shared/http/app-env.ts'
import { createApp } from '../../shared/http/create-app.ts'
import { createSealer } from '../../shared/node/crypto/create-sealer.ts'
import { createLog } from '../../shared/node/log.ts'
import { type AuditEntry, auditLogIndexes, createAuditLog } from '../../shared/node/mongo/access/audit-log.ts'
import { ensureIndexes } from '../../shared/node/mongo/ensure-indexes.ts'
import { connectionLogIndexes, createConnectionLogStore } from '../../shared/node/mongo/partners/connection-logs.ts'
import { createPartnerStore, type PartnerDoc, partnerIndexes } from '../../shared/node/mongo/partners/partners.ts'
import { createSnapshotRollupStore, snapshotRollupIndexes } from '../../shared/node/mongo/partners/snapshot-rollups.ts'
import { createSnapshotStore, snapshotIndexes } from '../../shared/node/mongo/partners/snapshots.ts'
import { createCheckPrivateKey } from '../../shared/node/ssh/check-private-key.ts'
import { openPrivateKey } from '../../shared/node/ssh/open-private-key.ts'
import type { Partner } from '../../shared/partner/partner-schema.ts'
import { partners } from './handler.ts'

const token = (id: string, scopes: Extract<Actor, { kind: 'token' }>['scopes']): Actor => ({ kind: 'token', id, name: id, scopes })

/** Who each bearer token is. */
const actors: Readonly<Record<string, Actor>> = {
  admin: { kind: 'user', id: 'u1', name: 'Ada', role: 'ADMIN', sessionId: 's1' },
  viewer: { kind: 'user', id: 'u2', name: 'Eve', role: 'VIEWER', sessionId: 's2' },
  reader: token('reader', ['partners:read']),
  writer: token('writer', ['partners:write']),
  stranger: token('stranger', ['dashboard:read']),
}

/** What a refused request answers. */
type Refusal = { error: { code: string; message: string; requestId: string; issues?: { path: string; message: string }[] } }

type RequestOptions = { as?: string; method?: string; body?: unknown; text?: string | Uint8Array<ArrayBuffer>; type?: string }

/** The partners function mounted as in production, on a database of its own, with a clock that only the test moves and ids that count up. */
export const openPartners = async () => {
  const clock = { ms: Date.UTC(2026, 2, 2, 12), stepMs: 0 }
  const now = () => {
    clock.ms += clock.stepMs
    return new Date(clock.ms)
  }
  let made = 0
  const newId = () => {
    made += 1
    return `id-${String(made).padStart(6, '0')}`
  }
  const database = await openTestDatabase({ now: () => clock.ms })
  const { db } = database
  await ensureIndexes(db, [partnerIndexes, snapshotIndexes, snapshotRollupIndexes, connectionLogIndexes, auditLogIndexes])
  const lines: string[] = []
  const log = createLog({ level: 'trace', destination: { write: (line) => lines.push(line) } })
  const dropped: string[] = []
  const stores = {
    partners: createPartnerStore(db),
    snapshots: createSnapshotStore(db),
    rollups: createSnapshotRollupStore(db),
    logs: createConnectionLogStore(db),
  }
  const sealer = createSealer(new Uint8Array(32).fill(7))
  const notified = { count: 0 }
  const app = createApp({ log, corsOrigins: [], newId, peer: () => ({ address: '', trusted: false }), monotonicMs: () => clock.ms })
  app.route(
    '/api/partners',
    partners({
      ...stores,
      sealer,
      audit: createAuditLog(db, { newId, now }),
      authenticate: async (bearer) => actors[bearer] ?? null,
      checkPrivateKey: createCheckPrivateKey(openPrivateKey),
      dropConnection: (id) => dropped.push(id),
      changed: () => {
        notified.count += 1
      },
      newId,
      now,
    }),
  )

  const request = async (path: string, options: RequestOptions = {}) => {
    const text = options.text ?? (options.body === undefined ? undefined : JSON.stringify(options.body))
    return app.request(`/api/partners${path}`, {
      method: options.method ?? (text === undefined ? 'GET' : 'POST'),
      headers: {
        ...(options.as !== '' && { Authorization: `Bearer ${options.as ?? 'admin'}` }),
        ...(text !== undefined && { 'Content-Type': options.type ?? 'application/json' }),
      },
      ...(text !== undefined && { body: text }),
    })
  }
  const patch = (id: string, body: Record<string, unknown>) => request(`/${id}`, { method: 'PATCH', body })
  const read = async (id: string) => (await (await request(`/${id}`)).json()) as Partner

  return {
    ...stores,
    sealer,
    db,
    clock,
    lines,
    dropped,
    notified,
    request,
    patch,
    read,
    close: database.close,
    create: async (changes: Record<string, unknown> = {}): Promise<Partner> => {
      const response = await request('', { body: { ...newPartner, ...changes } })
      if (response.status !== 201) throw new Error(await response.text())
      return (await response.json()) as Partner
    },
    list: async () => (await (await request('')).json()) as Partner[],
    stored: (id: string) => db.collection<PartnerDoc>('partner_configs').findOne({ _id: id }),
    audited: () => db.collection<AuditEntry>('audit_log').find().sort({ _id: 1 }).toArray(),
    /** Sends the change with the version that is stored, and returns the answer's status. */
    change: async (id: string, changes: Changes) => (await patch(id, { version: (await read(id)).version, ...changes })).status,
    /** The same, with the passwords that belong to the new address. */
    move: async (id: string, { db, ssh, ...changes }: Changes) => {
      const stored = (await read(id)).ssh
      const secrets = {
        db: { password: newPartner.db.password, ...db },
        ssh: { ...(stored.hasPassword && { password: newPartner.ssh.password }), ...ssh },
      }
      return (await patch(id, { version: (await read(id)).version, ...changes, ...secrets })).status
    },
  }
}

type Changes = Record<string, unknown> & { db?: Record<string, unknown>; ssh?: Record<string, unknown> }

export type PartnersUnderTest = Awaited<ReturnType<typeof openPartners>>

export const hostKeySha256 = `SHA256:${'A'.repeat(43)}`

/** A partner behind SSH with a password, as an admin sends it. */
export const newPartner = {
  partnerName: 'Acme',
  db: { host: '10.0.0.5', name: 'acme', username: 'reader', password: 'db-secret-1' },
  ssh: { host: 'acme.example', username: 'ops', password: 'ssh-secret-1', hostKeySha256 },
}

/** The code and the fields at fault of a refusal. */
export const refusalOf = async (response: Response) => {
  const { error } = (await response.json()) as Refusal
  return { status: response.status, code: error.code, paths: error.issues?.map((issue) => issue.path) ?? [] }
}
