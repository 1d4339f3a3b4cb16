import type { Db, Filter } from 'mongodb'
import type { AuditAction, AuditTarget } from '../../../audit.ts'
import type { Actor } from '../../../http/app-env.ts'
import type { CollectionIndexes } from '../ensure-indexes.ts'

/** One change that somebody made: who, what (`partner.update`), to which document, and the values before and after with secrets masked. */
export type AuditEntry = {
  _id: string
  at: Date
  actor: { kind: Actor['kind'] | 'system'; id: string; name: string }
  action: string
  target: AuditTarget
  before: Record<string, unknown> | null
  after: Record<string, unknown> | null
}

const newest = { at: -1, _id: -1 } as const

/** Each filter that makes sense is a range of one index, so that a page costs the same however long the history is. */
export const auditLogIndexes: CollectionIndexes = {
  collection: 'audit_log',
  indexes: [
    { key: newest, name: 'newest' },
    { key: { 'target.id': 1, ...newest }, name: 'target' },
    { key: { 'target.collection': 1, ...newest }, name: 'collection' },
    { key: { action: 1, ...newest }, name: 'action' },
    { key: { 'actor.id': 1, ...newest }, name: 'actor' },
    { key: { 'actor.id': 1, 'target.collection': 1, ...newest }, name: 'actor_collection' },
    { key: { 'actor.id': 1, action: 1, ...newest }, name: 'actor_action' },
  ],
}

/** Which entries are asked for: all that is given must hold; `from` is included, `to` is not. */
export type AuditFilter = {
  actorId?: string | undefined
  action?: string | undefined
  targetId?: string | undefined
  collection?: string | undefined
  from?: Date | undefined
  to?: Date | undefined
  /** Only what is older than this entry. */
  before?: AuditEntry | undefined
}

const conditionsOf = ({ actorId, action, targetId, collection, from, to, before }: AuditFilter): Filter<AuditEntry> => {
  const at = { ...(from && { $gte: from }), ...(to && { $lt: to }), ...(before && { $lte: before.at }) }
  return {
    ...(actorId && { 'actor.id': actorId }),
    ...(action && { action }),
    ...(targetId && { 'target.id': targetId }),
    ...(collection && { 'target.collection': collection }),
    ...(Object.keys(at).length > 0 && { at }),
    ...(before && { $or: [{ at: { $lt: before.at } }, { _id: { $lt: before._id } }] }),
  }
}

/** Writes and reads audit entries; nothing changes or removes one. */
export const createAuditLog = (db: Db, deps: { newId: () => string; now: () => Date }) => {
  const entries = db.collection<AuditEntry>('audit_log')
  return {
    record: async (
      entry: Pick<AuditEntry, 'target' | 'before' | 'after'> & { action: AuditAction; actor: Actor | 'system' },
    ): Promise<void> => {
      const { actor } = entry
      const by: AuditEntry['actor'] =
        actor === 'system' ? { kind: 'system', id: 'system', name: 'system' } : { kind: actor.kind, id: actor.id, name: actor.name }
      await entries.insertOne({ ...entry, _id: deps.newId(), at: deps.now(), actor: by })
    },
    find: (id: string) => entries.findOne({ _id: id }),
    /** Newest first. */
    page: (filter: AuditFilter, limit: number) => entries.find(conditionsOf(filter)).sort(newest).limit(limit).toArray(),
  }
}

export type AuditLog = ReturnType<typeof createAuditLog>
