import type { Db } from 'mongodb'
import type { Actor } from '../http/app-env.ts'
import type { CollectionIndexes } from './ensure-indexes.ts'

/** One change that somebody made: who, what (`partner.update`), to which document, and the values before and after with secrets masked. */
export type AuditEntry = {
  _id: string
  at: Date
  actor: { kind: Actor['kind'] | 'system'; id: string; name: string }
  action: string
  target: { collection: string; id: string; name: string }
  before: Record<string, unknown> | null
  after: Record<string, unknown> | null
}

export const auditLogIndexes: CollectionIndexes = {
  collection: 'audit_log',
  indexes: [
    { key: { at: -1, _id: -1 }, name: 'newest' },
    { key: { 'target.id': 1, at: -1 }, name: 'target_newest' },
  ],
}

/** Writes audit entries; nothing changes or removes one. */
export const createAuditLog = (db: Db, deps: { newId: () => string; now: () => Date }) => {
  const entries = db.collection<AuditEntry>('audit_log')
  return {
    record: async (entry: Omit<AuditEntry, '_id' | 'at' | 'actor'> & { actor: Actor | 'system' }): Promise<void> => {
      const { actor } = entry
      const by: AuditEntry['actor'] =
        actor === 'system' ? { kind: 'system', id: 'system', name: 'system' } : { kind: actor.kind, id: actor.id, name: actor.name }
      await entries.insertOne({ ...entry, _id: deps.newId(), at: deps.now(), actor: by })
    },
  }
}

export type AuditLog = ReturnType<typeof createAuditLog>
