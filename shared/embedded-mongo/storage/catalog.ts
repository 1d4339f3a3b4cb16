import { type Doc, decodeDoc, encodeDoc, getOwn, isDoc, numericValue, truthy } from '../bson/values.ts'
import { parseSort } from '../query/sort-documents.ts'
import { compilePartial, type Index } from './index-definition.ts'
import type { Database } from './open-database.ts'

/** A collection and its indexes, `_id_` first. */
export type Collection = { id: number; db: string; name: string; table: string; indexes: Index[] }

/** What exists, kept in memory and in SQLite. Every change belongs in a transaction; after a rollback, `reload` restores the memory. */
export type Catalog = {
  collections(db?: string): Collection[]
  find(db: string, name: string): Collection | undefined
  create(db: string, name: string): Collection
  drop(collection: Collection): void
  addIndex(collection: Collection, spec: Doc): Index
  dropIndex(collection: Collection, index: Index): void
  setMultikey(index: Index): void
  reload(): void
}

const ID_SPEC: Doc = { v: 2, key: { _id: 1 }, name: '_id_' }

const TABLES = `
  CREATE TABLE IF NOT EXISTS collections (id INTEGER PRIMARY KEY AUTOINCREMENT, db TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (db, name))`
const INDEX_TABLES = `
  CREATE TABLE IF NOT EXISTS indexes
    (id INTEGER PRIMARY KEY AUTOINCREMENT, collection INTEGER NOT NULL, spec BLOB NOT NULL, multikey INTEGER NOT NULL)`

const toIndex = (id: number, spec: Doc, multikey: boolean): Index => {
  const partial = getOwn(spec, 'partialFilterExpression')
  const expire = numericValue(getOwn(spec, 'expireAfterSeconds'))
  return {
    table: `index_${id}`,
    name: String(spec['name']),
    spec,
    fields: parseSort(spec['key']),
    unique: truthy(getOwn(spec, 'unique')) || spec['name'] === '_id_',
    sparse: truthy(getOwn(spec, 'sparse')),
    partial: isDoc(partial) ? partial : undefined,
    covers: compilePartial(isDoc(partial) ? partial : undefined),
    expireAfterSeconds: expire === undefined ? undefined : Number(expire),
    multikey,
  }
}

export const createCatalog = (database: Database): Catalog => {
  const known = new Map<string, Collection>()
  const key = (db: string, name: string): string => `${db}.${name}`

  const reload = (): void => {
    known.clear()
    const byId = new Map<number, Collection>()
    for (const row of database.all('SELECT id, db, name FROM collections ORDER BY id')) {
      const collection = {
        id: Number(row['id']),
        db: String(row['db']),
        name: String(row['name']),
        table: `docs_${row['id']}`,
        indexes: [],
      }
      byId.set(collection.id, collection)
      known.set(key(collection.db, collection.name), collection)
    }
    for (const row of database.all('SELECT id, collection, spec, multikey FROM indexes ORDER BY id')) {
      const index = toIndex(Number(row['id']), decodeDoc(row['spec'] as Uint8Array), row['multikey'] === 1)
      byId.get(Number(row['collection']))?.indexes.push(index)
    }
  }

  const addIndex = (collection: Collection, spec: Doc): Index => {
    const id = database.run('INSERT INTO indexes (collection, spec, multikey) VALUES (?, ?, 0)', collection.id, encodeDoc(spec))
    const index = toIndex(id, spec, false)
    database.run(
      index.unique
        ? `CREATE TABLE ${index.table} (key BLOB PRIMARY KEY, doc INTEGER NOT NULL) WITHOUT ROWID`
        : `CREATE TABLE ${index.table} (key BLOB NOT NULL, doc INTEGER NOT NULL, PRIMARY KEY (key, doc)) WITHOUT ROWID`,
    )
    collection.indexes.push(index)
    return index
  }

  const dropIndex = (collection: Collection, index: Index): void => {
    database.run(`DROP TABLE ${index.table}`)
    database.run('DELETE FROM indexes WHERE id = ?', Number(index.table.slice('index_'.length)))
    collection.indexes.splice(collection.indexes.indexOf(index), 1)
  }

  database.run(TABLES)
  database.run(INDEX_TABLES)
  reload()
  return {
    collections: (db) => [...known.values()].filter((collection) => db === undefined || collection.db === db),
    find: (db, name) => known.get(key(db, name)),
    create: (db, name) => {
      const id = database.run('INSERT INTO collections (db, name) VALUES (?, ?)', db, name)
      const collection: Collection = { id, db, name, table: `docs_${id}`, indexes: [] }
      database.run(`CREATE TABLE ${collection.table} (id INTEGER PRIMARY KEY, bson BLOB NOT NULL)`)
      known.set(key(db, name), collection)
      addIndex(collection, ID_SPEC)
      return collection
    },
    drop: (collection) => {
      for (const index of [...collection.indexes]) dropIndex(collection, index)
      database.run(`DROP TABLE ${collection.table}`)
      database.run('DELETE FROM collections WHERE id = ?', collection.id)
      known.delete(key(collection.db, collection.name))
    },
    addIndex,
    dropIndex,
    setMultikey: (index) => {
      index.multikey = true
      database.run('UPDATE indexes SET multikey = 1 WHERE id = ?', Number(index.table.slice('index_'.length)))
    },
    reload,
  }
}
