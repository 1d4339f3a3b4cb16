import { partnerTarget } from '../../../shared/audit.ts'
import { AppError } from '../../../shared/errors.ts'
import type { Actor } from '../../../shared/http/app-env.ts'
import { describeIssues } from '../../../shared/http/describe-issues.ts'
import { surrogateIssues } from '../../../shared/http/surrogate-issues.ts'
import { isolateName } from '../../../shared/isolate-name.ts'
import { nameKey } from '../../../shared/name-key.ts'
import type { PartnerStore } from '../../../shared/node/mongo/partners/partners.ts'
import { privateKeyIssue } from '../../../shared/partner/private-key-issue.ts'
import { auditedPartner } from '../audited-partner.ts'
import { buildPartner } from '../build-partner.ts'
import type { WriteDeps } from '../partner-deps.ts'
import { type ImportResult, NewPartner } from '../schema.ts'
import { maxRows, tooManyRows } from './row-limits.ts'

export type ImportPartnersDeps = WriteDeps & { partners: Pick<PartnerStore, 'insertAll' | 'namesIn'> }

/** More than a row has fields; of what else it holds no more are named. */
const maxRowErrors = 50

type RowError = ImportResult['errors'][number]

const checkRow = async (deps: ImportPartnersDeps, raw: unknown, row: number): Promise<NewPartner | RowError[]> => {
  const parsed = NewPartner.safeParse(raw)
  if (!parsed.success)
    return describeIssues(parsed.error.issues.slice(0, maxRowErrors))
      .slice(0, maxRowErrors)
      .map((issue) => ({ row, ...issue }))
  const surrogates = surrogateIssues(parsed.data)
  if (surrogates.length > 0) return surrogates.map((issue) => ({ row, ...issue }))
  const issue = await privateKeyIssue(deps, parsed.data)
  return issue ? [{ row, ...issue }] : parsed.data
}

const nameErrors = (inputs: ReadonlyMap<number, NewPartner>, taken: ReadonlySet<string>): RowError[] => {
  const firstRow = new Map<string, number>()
  return [...inputs].flatMap(([row, { partnerName }]) => {
    const key = nameKey(partnerName)
    if (taken.has(key)) return [{ row, path: 'partnerName', message: `A partner named ${isolateName(partnerName)} exists already.` }]
    const first = firstRow.get(key)
    if (first !== undefined) return [{ row, path: 'partnerName', message: `Row ${first} has the same name.` }]
    firstRow.set(key, row)
    return []
  })
}

/** Checks rows as they come, so that of what is no partner nothing is kept, and stops at the first that is too many. */
const checkRows = async (deps: ImportPartnersDeps, rows: AsyncIterable<unknown> | Iterable<unknown>) => {
  const checks: Promise<NewPartner | RowError[]>[] = []
  for await (const raw of rows) {
    if (checks.length === maxRows) throw tooManyRows()
    const check = checkRow(deps, raw, checks.length + 1)
    // It is thrown below.
    check.catch(() => undefined)
    checks.push(check)
  }
  if (checks.length === 0) throw new AppError('invalid', 'There are no rows to import.')
  return (await Promise.all(checks)).map((result, index) => [index + 1, result] as const)
}

/** The refusal of an import for what is wrong with its rows. */
export const nothingImported = (errors: readonly RowError[]) => {
  const issues = errors.map(({ row, path, message }) => ({ path: path ? `${row}.${path}` : String(row), message }))
  return new AppError('invalid', `Nothing was imported: ${errors.length} problems, the first in row ${errors[0]?.row}.`, { issues })
}

/** Creates all of `rows` or none; a `dryRun` only checks. Rows count from 1, in an issue's path as well (`3.ssh.host`). */
export const importPartners = async (
  deps: ImportPartnersDeps,
  actor: Actor,
  rows: AsyncIterable<unknown> | Iterable<unknown>,
  options: { dryRun: boolean },
): Promise<ImportResult> => {
  const checked = await checkRows(deps, rows)
  const inputs = new Map(checked.flatMap(([row, result]) => (Array.isArray(result) ? [] : [[row, result] as const])))
  const taken = new Set(await deps.partners.namesIn([...inputs.values()].map((input) => nameKey(input.partnerName))))
  const errors = [...checked.flatMap(([, result]) => (Array.isArray(result) ? result : [])), ...nameErrors(inputs, taken)].sort(
    (left, right) => left.row - right.row,
  )
  if (options.dryRun) return { dryRun: true, rows: checked.length, created: [], errors }
  if (errors.length > 0) throw nothingImported(errors)

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
  return { dryRun: false, rows: checked.length, created, errors: [] }
}
