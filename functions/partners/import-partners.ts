import { partnerTarget } from '../../shared/audit.ts'
import { AppError } from '../../shared/errors.ts'
import type { Actor } from '../../shared/http/app-env.ts'
import { describeIssues } from '../../shared/http/describe-issues.ts'
import { nameKey } from '../../shared/name-key.ts'
import type { PartnerStore } from '../../shared/node/mongo/partners/partners.ts'
import { privateKeyIssue } from '../../shared/partner/private-key-issue.ts'
import { auditedPartner } from './audited-partner.ts'
import { buildPartner } from './build-partner.ts'
import type { WriteDeps } from './partner-deps.ts'
import { type ImportResult, NewPartner } from './schema.ts'

export type ImportPartnersDeps = WriteDeps & { partners: Pick<PartnerStore, 'insertAll' | 'namesIn'> }

type RowError = ImportResult['errors'][number]

const maxRows = 1_000

const checkRow = async (deps: ImportPartnersDeps, raw: unknown, row: number): Promise<NewPartner | RowError[]> => {
  const parsed = NewPartner.safeParse(raw)
  if (!parsed.success) return describeIssues(parsed.error.issues).map((issue) => ({ row, ...issue }))
  const issue = await privateKeyIssue(deps, parsed.data)
  return issue ? [{ row, ...issue }] : parsed.data
}

const nameErrors = (inputs: ReadonlyMap<number, NewPartner>, taken: ReadonlySet<string>): RowError[] => {
  const firstRow = new Map<string, number>()
  return [...inputs].flatMap(([row, { partnerName }]) => {
    const key = nameKey(partnerName)
    if (taken.has(key)) return [{ row, path: 'partnerName', message: `A partner named ${partnerName} exists already.` }]
    const first = firstRow.get(key)
    if (first !== undefined) return [{ row, path: 'partnerName', message: `Row ${first} has the same name.` }]
    firstRow.set(key, row)
    return []
  })
}

/** Creates all of `rows` or none; a `dryRun` only checks. Rows count from 1, in an issue's path as well (`3.ssh.host`). */
export const importPartners = async (
  deps: ImportPartnersDeps,
  actor: Actor,
  rows: readonly unknown[],
  options: { dryRun: boolean },
): Promise<ImportResult> => {
  if (rows.length === 0) throw new AppError('invalid', 'There are no rows to import.')
  if (rows.length > maxRows) throw new AppError('invalid', `There are ${rows.length} rows; an import takes up to ${maxRows}.`)
  const checked = await Promise.all(rows.map(async (raw, index) => [index + 1, await checkRow(deps, raw, index + 1)] as const))
  const inputs = new Map(checked.flatMap(([row, result]) => (Array.isArray(result) ? [] : [[row, result] as const])))
  const taken = new Set(await deps.partners.namesIn([...inputs.values()].map((input) => nameKey(input.partnerName))))
  const errors = [...checked.flatMap(([, result]) => (Array.isArray(result) ? result : [])), ...nameErrors(inputs, taken)].sort(
    (left, right) => left.row - right.row,
  )
  if (options.dryRun) return { dryRun: true, rows: rows.length, created: [], errors }
  if (errors.length > 0) {
    const issues = errors.map(({ row, path, message }) => ({ path: path ? `${row}.${path}` : String(row), message }))
    throw new AppError('invalid', `Nothing was imported: ${errors.length} problems, the first in row ${errors[0]?.row}.`, { issues })
  }

  const docs = [...inputs.values()].map((input) => buildPartner(deps, input, actor.name))
  if ((await deps.partners.insertAll(docs)) === 'conflict')
    throw new AppError('conflict', 'A partner with one of these names was created at the same moment; nothing was imported.')
  for (const doc of docs)
    await deps.audit.record({
      actor,
      action: 'partner.create',
      target: partnerTarget(doc),
      before: null,
      after: auditedPartner(doc),
    })
  deps.changed()
  const created = docs.map((doc, index) => ({ row: index + 1, id: doc._id, partnerName: doc.partnerName }))
  return { dryRun: false, rows: rows.length, created, errors: [] }
}
