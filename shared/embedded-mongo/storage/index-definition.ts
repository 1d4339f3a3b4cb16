import { encodeKey } from '../bson/key-encoding.ts'
import type { Doc } from '../bson/values.ts'
import { CommandError } from '../command-error.ts'
import { compileFilter } from '../query/compile-filter.ts'
import type { Predicate } from '../query/conditions.ts'
import { indexedValues } from '../query/field-path.ts'
import type { SortField } from '../query/sort-documents.ts'

/** An index as it is used: its specification as listIndexes shows it, and what was compiled from it. */
export type Index = {
  table: string
  name: string
  spec: Doc
  fields: readonly SortField[]
  unique: boolean
  sparse: boolean
  partial: Doc | undefined
  covers: Predicate | undefined
  expireAfterSeconds: number | undefined
  /** True once any document has had an array at an indexed path. */
  multikey: boolean
}

export type IndexKeys = { keys: Buffer[]; multikey: boolean }

/** The entries that a document has in an index: none where the index is sparse or partial and leaves it out. */
export const indexKeys = (index: Pick<Index, 'fields' | 'sparse' | 'covers'>, doc: Doc): IndexKeys => {
  if (index.covers && !index.covers(doc)) return { keys: [], multikey: false }
  const found = index.fields.map(({ path }) => indexedValues(doc, path.split('.')))
  if (index.sparse && !found.some(({ present }) => present)) return { keys: [], multikey: false }
  const directions = index.fields.map(({ direction }) => direction)
  const arrays = found.filter(({ multikey }) => multikey)
  if (arrays.length > 1) throw new CommandError('CannotIndexParallelArrays', 'cannot index parallel arrays')
  if (arrays.length === 0) {
    return {
      keys: [
        encodeKey(
          found.map(({ values }) => values[0]),
          directions,
        ),
      ],
      multikey: false,
    }
  }
  const rows = arrays[0]!.values.map((item) => found.map(({ values, multikey }) => (multikey ? item : values[0])))
  const keys = new Map(rows.map((row) => encodeKey(row, directions)).map((key) => [key.toString('latin1'), key]))
  return { keys: [...keys.values()], multikey: true }
}

/** Compiles a partial index's filter. */
export const compilePartial = (partial: Doc | undefined): Predicate | undefined => partial && compileFilter(partial)
