import { compilePipelineUpdate } from '../aggregate/pipeline-update.ts'
import { cloneValue, type Doc, encodeDoc, getOwn, isDoc } from '../bson/values.ts'
import { CommandError } from '../command-error.ts'
import { type Change, parseChanges } from './parse-changes.ts'
import { writePath } from './write-path.ts'

/** Makes the document that an update leaves, from a copy; `inserting` is true for an upsert's new document. */
export type Update = (doc: Doc, inserting: boolean) => Doc

export type UpdateContext = { filter: Doc; arrayFilters: readonly Doc[]; now: Date }

const isReplacement = (update: Doc): boolean => !Object.keys(update)[0]?.startsWith('$')

const replaceWith = (replacement: Doc): Update => {
  const wrong = Object.keys(replacement).find((key) => key.startsWith('$'))
  if (wrong) throw new CommandError('DollarPrefixedFieldName', `The dollar ($) prefixed field '${wrong}' is not allowed in a replacement`)
  return (doc) => {
    const id = getOwn(replacement, '_id') ?? getOwn(doc, '_id')
    const { _id, ...rest } = cloneValue(replacement)
    return id === undefined ? rest : { _id: id, ...rest }
  }
}

const applyChanges = (changes: readonly Change[], context: UpdateContext): Update => {
  return (doc, inserting) => {
    const copy = cloneValue(doc)
    for (const change of changes) {
      if (change.onlyOnInsert && !inserting) continue
      writePath(copy, change, doc, context)
    }
    return copy
  }
}

/** Compiles an update: operators, a replacement (`multi` refuses it), or a pipeline. Throws MongoDB's errors for what is not supported. */
export const compileUpdate = (update: unknown, context: UpdateContext, multi: boolean): Update => {
  if (Array.isArray(update)) return compilePipelineUpdate(update, context.now)
  if (!isDoc(update)) throw new CommandError('FailedToParse', 'An update must be an object or an array')
  if (!isReplacement(update)) return applyChanges(parseChanges(update, context), context)
  if (multi) throw new CommandError('FailedToParse', 'multi update is not supported for replacement-style update')
  return replaceWith(update)
}

/** Refuses to change `_id`, and a document that has become too large; returns the new bytes. */
export const encodeUpdated = (before: Doc, after: Doc): Uint8Array => {
  const idBefore = encodeDoc({ _id: getOwn(before, '_id') })
  if (Buffer.compare(idBefore, encodeDoc({ _id: getOwn(after, '_id') })) !== 0) {
    throw new CommandError('ImmutableField', "Performing an update on the path '_id' would modify the immutable field '_id'")
  }
  return encodeDoc(after)
}
