import { type Doc, decodeDoc, encodeDoc } from '../bson/values.ts'
import { CommandError } from '../command-error.ts'
import { valueAt } from '../query/field-path.ts'
import type { Plan } from '../query/plan-query.ts'
import type { Catalog, Collection } from './catalog.ts'
import { type Index, type IndexKeys, indexKeys } from './index-definition.ts'
import type { Database } from './open-database.ts'
import { createScan, type Scan } from './scan.ts'

/** Reads and writes the documents of a collection, and keeps its indexes in step. Writes belong in a transaction. */
export type Documents = {
  insert(collection: Collection, doc: Doc): void
  replace(collection: Collection, rowId: number, before: Doc, after: Doc, bytes: Uint8Array): void
  remove(collection: Collection, rowId: number, doc: Doc): void
  read(collection: Collection, rowId: number): Uint8Array | undefined
  scan: Scan['byPlan']
  count(collection: Collection, plan: Plan): number
  buildIndex(collection: Collection, index: Index): void
}

const duplicateKey = (collection: Collection, index: Index, doc: Doc): CommandError => {
  const keyValue = Object.fromEntries(index.fields.map(({ path }) => [path, valueAt(doc, path) ?? null]))
  const shown = JSON.stringify(keyValue)
  const message = `E11000 duplicate key error collection: ${collection.db}.${collection.name} index: ${index.name} dup key: ${shown}`
  return new CommandError('DuplicateKey', message, { keyPattern: index.spec['key'], keyValue })
}

export const createDocuments = (database: Database, catalog: Catalog): Documents => {
  const scan = createScan(database)
  const checkUnique = (collection: Collection, index: Index, keys: readonly Buffer[], doc: Doc, rowId: number | undefined): void => {
    if (!index.unique) return
    for (const key of keys) {
      const holder = database.get(`SELECT doc FROM ${index.table} WHERE key = ?`, key)
      if (holder && holder['doc'] !== rowId) throw duplicateKey(collection, index, doc)
    }
  }

  const addKeys = (index: Index, { keys, multikey }: IndexKeys, rowId: number): void => {
    if (multikey && !index.multikey) catalog.setMultikey(index)
    for (const key of keys) database.run(`INSERT INTO ${index.table} (key, doc) VALUES (?, ?)`, key, rowId)
  }

  const removeKeys = (index: Index, keys: readonly Buffer[], rowId: number): void => {
    for (const key of keys) database.run(`DELETE FROM ${index.table} WHERE key = ? AND doc = ?`, key, rowId)
  }

  // Everything that can fail comes before the first write, so that one refused document leaves nothing behind in a batch.
  const insert = (collection: Collection, doc: Doc): void => {
    const bytes = encodeDoc(doc)
    const entries = collection.indexes.map((index) => ({ index, found: indexKeys(index, doc) }))
    for (const { index, found } of entries) checkUnique(collection, index, found.keys, doc, undefined)
    const rowId = database.run(`INSERT INTO ${collection.table} (bson) VALUES (?)`, bytes)
    for (const { index, found } of entries) addKeys(index, found, rowId)
  }

  const replace = (collection: Collection, rowId: number, before: Doc, after: Doc, bytes: Uint8Array): void => {
    const entries = collection.indexes.map((index) => {
      const old = indexKeys(index, before)
      const found = indexKeys(index, after)
      const added = found.keys.filter((key) => !old.keys.some((other) => other.equals(key)))
      const removed = old.keys.filter((key) => !found.keys.some((other) => other.equals(key)))
      return { index, added: { ...found, keys: added }, removed }
    })
    for (const { index, added } of entries) checkUnique(collection, index, added.keys, after, rowId)
    database.run(`UPDATE ${collection.table} SET bson = ? WHERE id = ?`, bytes, rowId)
    for (const { index, added, removed } of entries) {
      removeKeys(index, removed, rowId)
      addKeys(index, added, rowId)
    }
  }

  const read = (collection: Collection, rowId: number): Uint8Array | undefined =>
    database.get(`SELECT bson FROM ${collection.table} WHERE id = ?`, rowId)?.['bson'] as Uint8Array | undefined

  return {
    insert,
    replace,
    remove: (collection, rowId, doc) => {
      for (const index of collection.indexes) removeKeys(index, indexKeys(index, doc).keys, rowId)
      database.run(`DELETE FROM ${collection.table} WHERE id = ?`, rowId)
    },
    read,
    scan: scan.byPlan,
    count: (collection, plan) => {
      if (!plan.index) return Number(database.get(`SELECT count(*) AS n FROM ${collection.indexes[0]?.table}`)?.['n'])
      const sql = `SELECT count(*) AS n FROM ${plan.index.table} WHERE key >= ? AND key < ?`
      return plan.ranges.reduce((sum, { from, to }) => sum + Number(database.get(sql, from, to)?.['n']), 0)
    },
    buildIndex: (collection, index) => {
      for (const rowId of scan.table(collection, 1000)) {
        const doc = decodeDoc(read(collection, rowId) ?? new Uint8Array())
        const found = indexKeys(index, doc)
        checkUnique(collection, index, found.keys, doc, rowId)
        addKeys(index, found, rowId)
      }
    },
  }
}
