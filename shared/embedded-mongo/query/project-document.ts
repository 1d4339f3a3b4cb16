import { type Doc, getOwn, isDoc, numericValue, setOwn } from '../bson/values.ts'
import { CommandError } from '../command-error.ts'

/** A projection as a tree: a leaf is a field that is included or excluded. */
type Tree = Map<string, Tree | null>

const addPath = (tree: Tree, path: string): void => {
  const parts = path.split('.')
  const last = parts.pop() ?? ''
  let node = tree
  for (const part of parts) {
    const next = node.get(part) ?? new Map()
    if (node.get(part) === null) throw new CommandError('FailedToParse', `Path collision at ${path}`)
    node.set(part, next)
    node = next
  }
  if (node.has(last)) throw new CommandError('FailedToParse', `Path collision at ${path}`)
  node.set(last, null)
}

const include = (value: Doc, tree: Tree): Doc => {
  const out: Doc = {}
  for (const [key, item] of Object.entries(value)) {
    const branch = tree.get(key)
    if (branch === null) setOwn(out, key, item)
    else if (branch && (isDoc(item) || Array.isArray(item))) setOwn(out, key, includeNested(item, branch))
  }
  return out
}

const includeNested = (value: Doc | unknown[], tree: Tree): unknown =>
  Array.isArray(value)
    ? value.filter((item) => isDoc(item) || Array.isArray(item)).map((item) => includeNested(item, tree))
    : include(value, tree)

const exclude = (value: unknown, tree: Tree): unknown => {
  if (Array.isArray(value)) return value.map((item) => exclude(item, tree))
  if (!isDoc(value)) return value
  const out: Doc = {}
  for (const [key, item] of Object.entries(value)) {
    const branch = tree.get(key)
    if (branch === undefined) setOwn(out, key, item)
    else if (branch) setOwn(out, key, exclude(item, branch))
  }
  return out
}

/** Whether a projection's value means "in" or "out"; undefined when it is an expression. */
export const projectionFlag = (value: unknown): boolean | undefined => {
  if (typeof value === 'boolean') return value
  const number = numericValue(value)
  return number === undefined ? undefined : Number(number) !== 0
}

/**
 * Compiles an inclusion or exclusion of dotted paths; undefined when there is nothing to do. Throws FailedToParse where both are mixed,
 * NotImplemented for `$slice`, `$elemMatch`, positional and computed fields.
 */
export const compileProjection = (projection: unknown): ((doc: Doc) => Doc) | undefined => {
  if (projection === undefined || projection === null) return undefined
  if (!isDoc(projection)) throw new CommandError('TypeMismatch', "'projection' must be an object")
  const tree: Tree = new Map()
  let mode: boolean | undefined
  for (const [path, value] of Object.entries(projection)) {
    const flag = projectionFlag(value)
    if (flag === undefined || path.includes('$')) throw new CommandError('NotImplemented', `Projection of '${path}' is not supported`)
    if (path === '_id') continue
    if (mode !== undefined && mode !== flag) throw new CommandError('FailedToParse', 'Cannot mix inclusion and exclusion in a projection')
    mode = flag
    addPath(tree, path)
  }
  const idFlag = projectionFlag(getOwn(projection, '_id'))
  const included = mode ?? idFlag
  if (included === undefined) return undefined
  if (idFlag === undefined ? included : idFlag === included) {
    if (!tree.has('_id')) tree.set('_id', null)
  }
  return included ? (doc) => include(doc, tree) : (doc) => exclude(doc, tree) as Doc
}
