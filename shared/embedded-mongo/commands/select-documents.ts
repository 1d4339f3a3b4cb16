import { type Doc, decodeDoc } from '../bson/values.ts'
import { CommandError } from '../command-error.ts'
import type { Engine } from '../engine.ts'
import { compileFilter } from '../query/compile-filter.ts'
import { type Plan, planQuery } from '../query/plan-query.ts'
import { compareSortKeys, type SortField, sortKey } from '../query/sort-documents.ts'
import type { Collection } from '../storage/catalog.ts'

export type Selection = { filter: Doc; sort: readonly SortField[]; skip: number; limit: number }
export type Found = { rowId: number; bytes: Uint8Array; doc: Doc | undefined }

/** MongoDB's own limit on sorting in memory. */
const MAX_SORT_BYTES = 100 * 1024 * 1024

type Counts = { keysExamined: number; docsExamined: number }

function* matches(engine: Engine, collection: Collection, filter: Doc, plan: Plan, expected: number, counts: Counts): Generator<Found> {
  const test = Object.keys(filter).length === 0 ? undefined : compileFilter(filter)
  for (const rowId of engine.documents.scan(collection, plan, expected)) {
    if (plan.index) counts.keysExamined++
    const bytes = engine.documents.read(collection, rowId)
    if (!bytes) continue
    counts.docsExamined++
    const doc = test ? decodeDoc(bytes) : undefined
    if (!test || (doc && test(doc))) yield { rowId, bytes, doc }
  }
}

const sortInMemory = (found: Iterable<Found>, sort: readonly SortField[], keep: number): Found[] => {
  type Keyed = { found: Found; key: unknown[] }
  const byKey = (a: Keyed, b: Keyed): number => compareSortKeys(a.key, b.key, sort)
  let kept: Keyed[] = []
  let bytes = 0
  for (const item of found) {
    kept.push({ found: { ...item, doc: undefined }, key: sortKey(item.doc ?? decodeDoc(item.bytes), sort) })
    bytes += item.bytes.length
    if (kept.length > keep * 2 + 1000) {
      kept = kept.sort(byKey).slice(0, keep)
      bytes = kept.reduce((sum, { found }) => sum + found.bytes.length, 0)
    }
    if (bytes > MAX_SORT_BYTES) {
      throw new CommandError('QueryExceededMemoryLimitNoDiskUseAllowed', `Sort exceeded memory limit of ${MAX_SORT_BYTES} bytes`)
    }
  }
  return kept
    .sort(byKey)
    .slice(0, keep)
    .map(({ found }) => found)
}

/** The documents of a query, in order; a `limit` of 0 means all. The plan and what it examined go to the debug log when it ends. */
export function* selectDocuments(engine: Engine, collection: Collection, selection: Selection, command: string): Generator<Found> {
  const { filter, sort, skip, limit } = selection
  const plan = planQuery(collection.indexes, filter, sort)
  const wanted = limit === 0 ? Number.POSITIVE_INFINITY : skip + limit
  const counts: Counts = { keysExamined: 0, docsExamined: 0 }
  const found = matches(engine, collection, filter, plan, Number.isFinite(wanted) ? wanted : 101, counts)
  let seen = 0
  try {
    for (const item of plan.sorted ? found : sortInMemory(found, sort, wanted)) {
      if (++seen > skip) yield item
      if (seen >= wanted) return
    }
  } finally {
    const ns = `${collection.db}.${collection.name}`
    const index = plan.index?.name ?? null
    engine.log.debug({ command, ns, index, inMemorySort: !plan.sorted, ...counts, matched: seen }, 'embedded mongo: plan')
  }
}

/** How many documents a query has, from the index alone where that is exact. */
export const countDocuments = (engine: Engine, collection: Collection, selection: Selection): number => {
  const { filter, skip, limit } = selection
  const plan = planQuery(collection.indexes, filter, [])
  if (plan.exact) {
    // Compiled only to refuse what is not a valid query.
    compileFilter(filter)
    const total = Math.max(0, engine.documents.count(collection, plan) - skip)
    engine.log.debug(
      { command: 'count', ns: `${collection.db}.${collection.name}`, index: plan.index?.name ?? null, docsExamined: 0 },
      'embedded mongo: plan',
    )
    return limit === 0 ? total : Math.min(total, limit)
  }
  let total = 0
  for (const _ of selectDocuments(engine, collection, { ...selection, sort: [] }, 'count')) total++
  return total
}
