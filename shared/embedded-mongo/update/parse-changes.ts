import { type Doc, isDoc } from '../bson/values.ts'
import { CommandError } from '../command-error.ts'
import type { UpdateContext } from './compile-update.ts'
import { type LeafUpdate, leafUpdate } from './leaf-updates.ts'

/** One path of an update and what is to happen there. */
export type Change = { path: string; parts: readonly string[]; apply: LeafUpdate; onlyOnInsert: boolean; removes: boolean }

/** Field names in MongoDB's order of application: numbers by value, the rest by name. */
const compareParts = (a: readonly string[], b: readonly string[]): number => {
  for (const [i, x] of a.entries()) {
    const y = b[i]
    if (y === undefined) return 1
    if (x === y) continue
    const byNumber = Number(x) - Number(y)
    return Number.isNaN(byNumber) ? (x < y ? -1 : 1) : byNumber
  }
  return a.length - b.length
}

const checkPath = (path: string): readonly string[] => {
  const parts = path.split('.')
  if (parts.some((part) => part === '')) throw new CommandError('BadValue', `The update path '${path}' contains an empty field name`)
  if (parts.includes('__proto__')) throw new CommandError('BadValue', `The update path '${path}' is not supported`)
  if (parts[0]?.startsWith('$')) {
    throw new CommandError('DollarPrefixedFieldName', `The dollar ($) prefixed field '${parts[0]}' in '${path}' is not valid for storage.`)
  }
  return parts
}

const checkConflicts = (changes: readonly Change[]): void => {
  for (const [i, { path }] of changes.entries()) {
    const next = changes.slice(i + 1).find((other) => other.path === path || other.path.startsWith(`${path}.`))
    if (next) throw new CommandError('ConflictingUpdateOperators', `Updating the path '${next.path}' would create a conflict at '${path}'`)
  }
}

const change = (path: string, operator: string, operand: unknown, context: UpdateContext): Change => ({
  path,
  parts: checkPath(path),
  apply: leafUpdate(operator, path, operand, context.now),
  onlyOnInsert: operator === '$setOnInsert',
  removes: ['$unset', '$pull', '$pullAll', '$pop'].includes(operator),
})

const parseRename = (from: string, to: unknown): Change[] => {
  if (typeof to !== 'string') throw new CommandError('BadValue', `The 'to' field for $rename must be a string: ${from}`)
  if (/[$]/.test(from + to)) throw new CommandError('BadValue', 'A positional $rename is not supported')
  const source = checkPath(from)
  return [
    { path: from, parts: source, apply: () => undefined, onlyOnInsert: false, removes: true },
    { path: to, parts: checkPath(to), apply: (_, __, renamed) => renamed(source), onlyOnInsert: false, removes: true },
  ]
}

/** The changes of an operator update in the order in which MongoDB applies them. Throws on unknown operators and conflicting paths. */
export const parseChanges = (update: Doc, context: UpdateContext): Change[] => {
  const changes: Change[] = []
  for (const [operator, fields] of Object.entries(update)) {
    if (!operator.startsWith('$')) throw new CommandError('FailedToParse', `Unknown modifier: ${operator}`)
    if (!isDoc(fields)) throw new CommandError('FailedToParse', `Modifiers operate on fields but found another type for ${operator}`)
    for (const [path, operand] of Object.entries(fields)) {
      changes.push(...(operator === '$rename' ? parseRename(path, operand) : [change(path, operator, operand, context)]))
    }
  }
  changes.sort((a, b) => compareParts(a.parts, b.parts))
  checkConflicts(changes)
  return changes
}
