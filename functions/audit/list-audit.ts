import { invalidField } from '../../shared/errors.ts'
import type { AuditEntry, AuditLog } from '../../shared/node/mongo/access/audit-log.ts'
import type { AuditPage, AuditQuery } from './schema.ts'

export type ListAuditDeps = { audit: Pick<AuditLog, 'find' | 'page'> }

const entryView = ({ _id, at, ...entry }: AuditEntry) => ({ id: _id, at: at.toISOString(), ...entry })

/** What was changed, newest first. */
export const listAudit = async (deps: ListAuditDeps, { actor, limit, before: beforeId, ...filter }: AuditQuery): Promise<AuditPage> => {
  const before = beforeId === undefined ? undefined : await deps.audit.find(beforeId)
  if (before === null) throw invalidField('before', 'there is no such entry')
  const entries = await deps.audit.page({ ...filter, actorId: actor, before }, limit)
  return { entries: entries.map(entryView), next: entries.length === limit ? (entries.at(-1)?._id ?? null) : null }
}
