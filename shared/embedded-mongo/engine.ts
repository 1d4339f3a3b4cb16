import type { Cursors } from './cursors.ts'
import type { Catalog } from './storage/catalog.ts'
import type { Documents } from './storage/documents.ts'
import type { Database } from './storage/open-database.ts'

/** The part of a pino logger that the engine uses. */
export type EngineLog = Record<'debug' | 'info' | 'warn' | 'error', (fields: object, message: string) => void>

/** What the commands work with. */
export type Engine = {
  database: Database
  catalog: Catalog
  documents: Documents
  cursors: Cursors
  log: EngineLog
  /** Milliseconds since the epoch. */
  now: () => number
}
