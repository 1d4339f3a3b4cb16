import type { Plan } from '../query/plan-query.ts'
import type { Collection } from './catalog.ts'
import type { Database } from './open-database.ts'

/**
 * Row ids, read in chunks that grow, so that no statement stays open between two commands and a cursor may rest for as long as it likes.
 * `expected` is how many the caller thinks it needs: the first chunk.
 */
export type Scan = {
  /** All rows, in the order of their insertion. */
  table(collection: Collection, expected: number): Generator<number, void, void>
  /** The rows that a plan visits, in its order, each once. */
  byPlan(collection: Collection, plan: Plan, expected: number): Generator<number, void, void>
}

const MAX_CHUNK = 1000

export const createScan = (database: Database): Scan => {
  function* table(collection: Collection, first: number): Generator<number, void, void> {
    let after = 0
    for (let size = first; ; size = Math.min(size * 2, MAX_CHUNK)) {
      const rows = database.all(`SELECT id FROM ${collection.table} WHERE id > ? ORDER BY id LIMIT ?`, after, size)
      for (const row of rows) yield Number(row['id'])
      const last = rows.at(-1)
      if (!last || rows.length < size) return
      after = Number(last['id'])
    }
  }

  function* range(name: string, from: Buffer, to: Buffer, reverse: boolean, first: number): Generator<number, void, void> {
    const forwards = `SELECT key, doc FROM ${name} WHERE (key, doc) > (?, ?) AND key < ? ORDER BY key, doc LIMIT ?`
    const backwards = `SELECT key, doc FROM ${name} WHERE (key, doc) < (?, ?) AND key >= ? ORDER BY key DESC, doc DESC LIMIT ?`
    let edge: Uint8Array = reverse ? to : from
    let doc = -1
    for (let size = first; ; size = Math.min(size * 2, MAX_CHUNK)) {
      const rows = database.all(reverse ? backwards : forwards, edge, doc, reverse ? from : to, size)
      for (const row of rows) yield Number(row['doc'])
      const last = rows.at(-1)
      if (!last || rows.length < size) return
      edge = last['key'] as Uint8Array
      doc = Number(last['doc'])
    }
  }

  function* byPlan(collection: Collection, plan: Plan, expected: number): Generator<number, void, void> {
    const first = Math.max(1, Math.min(expected, MAX_CHUNK))
    if (!plan.index) return yield* table(collection, first)
    const seen = plan.index.multikey ? new Set<number>() : undefined
    for (const { from, to } of plan.reverse ? plan.ranges.toReversed() : plan.ranges) {
      for (const rowId of range(plan.index.table, from, to, plan.reverse, first)) {
        if (seen?.has(rowId)) continue
        seen?.add(rowId)
        yield rowId
      }
    }
  }
  return { table, byPlan }
}
