import { type Doc, isDoc } from '../bson/values.ts'
import { CommandError } from '../command-error.ts'
import type { Engine } from '../engine.ts'
import type { Collection } from '../storage/catalog.ts'

/** One command: the arguments that it understands, and what it does. The answer is a document, or BSON that is ready to send. */
export type Command = {
  args: readonly string[]
  /** Runs in one transaction. */
  writes: boolean
  run: (engine: Engine, db: string, body: Doc) => Doc | Uint8Array
}

/** Arguments that change no answer here: one server, nothing to wait for, nothing to authenticate. */
const IGNORED = new Set(
  ['$db', 'lsid', '$clusterTime', '$readPreference', 'comment', 'maxTimeMS', 'writeConcern', 'readConcern', 'hint', 'allowDiskUse'].concat([
    'apiVersion',
    'apiStrict',
    'apiDeprecationErrors',
  ]),
)

/** Refuses arguments that the command does not understand, so that none is dropped silently. */
export const checkArguments = (name: string, command: Command, body: Doc): void => {
  if ('txnNumber' in body || 'startTransaction' in body || 'autocommit' in body) {
    throw new CommandError('IllegalOperation', 'Transaction numbers are only allowed on a replica set member or mongos')
  }
  const wrong = Object.keys(body).find((key) => key !== name && !IGNORED.has(key) && !command.args.includes(key))
  if (wrong) throw new CommandError('Location40415', `BSON field '${name}.${wrong}' is an unknown field or is not supported.`)
}

/** Refuses a database's name as MongoDB does. */
export const checkDatabaseName = (db: unknown): string => {
  if (typeof db === 'string' && db !== '' && db.length < 64 && !/[/\\. "$\0]/.test(db)) return db
  throw new CommandError('InvalidNamespace', `Invalid database name: '${String(db)}'`)
}

/** The collection that a command names. Throws InvalidNamespace for a name that MongoDB refuses. */
export const collectionName = (value: unknown): string => {
  const isValid = typeof value === 'string' && value !== '' && value.length < 192 && !/^\.|\.$|\.\.|[$\0]/.test(value)
  if (!isValid || value.startsWith('system.')) throw new CommandError('InvalidNamespace', `Invalid collection name: '${String(value)}'`)
  return value
}

export const findOrCreate = (engine: Engine, db: string, name: string): Collection =>
  engine.catalog.find(db, name) ?? engine.catalog.create(db, name)

/** A document argument, empty when it is absent. */
export const docArgument = (value: unknown, name: string): Doc => {
  if (value === undefined || value === null) return {}
  if (isDoc(value)) return value
  throw new CommandError('TypeMismatch', `'${name}' must be an object`)
}

/** A list of documents. */
export const docsArgument = (value: unknown, name: string): Doc[] => {
  if (Array.isArray(value) && value.every(isDoc)) return value
  throw new CommandError('TypeMismatch', `'${name}' must be an array of objects`)
}
