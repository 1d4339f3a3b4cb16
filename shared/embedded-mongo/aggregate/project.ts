import { Int32 } from 'bson'
import { type Doc, getOwn, isDoc, setOwn } from '../bson/values.ts'
import { CommandError } from '../command-error.ts'
import { compileProjection, projectionFlag } from '../query/project-document.ts'
import { compileExpression } from './expressions.ts'
import { mapDocs, type Stage } from './stage.ts'

type Computed = { parts: readonly string[]; evaluate: (doc: Doc) => unknown }

/** A copy with `value` at the path; documents on the way are made where missing, arrays on the way get it in each element. */
const withValue = (target: unknown, parts: readonly string[], at: number, value: unknown): unknown => {
  const part = parts[at]
  if (part === undefined) return value
  if (Array.isArray(target)) return target.map((item) => withValue(item, parts, at, value))
  const copy: Doc = isDoc(target) ? { ...target } : {}
  const next = withValue(getOwn(copy, part), parts, at + 1, value)
  if (next === undefined) delete copy[part]
  else setOwn(copy, part, next)
  return copy
}

/** Computed fields; a nested object without operators sets the fields in it, as MongoDB reads it. */
const computedFields = (spec: Doc, now: Date, prefix: readonly string[] = []): Computed[] =>
  Object.entries(spec).flatMap(([key, expression]) => {
    if (key === '' || key.startsWith('$')) throw new CommandError('BadValue', `'${key}' is not a valid field name here`)
    const parts = [...prefix, ...key.split('.')]
    const nested = isDoc(expression) && Object.keys(expression).length > 0 && !Object.keys(expression)[0]?.startsWith('$')
    if (nested) return computedFields(expression, now, parts)
    return [{ parts, evaluate: compileExpression(expression, now).evaluate }]
  })

const applyComputed = (base: Doc, original: Doc, computed: readonly Computed[]): Doc =>
  computed.reduce((doc, { parts, evaluate }) => withValue(doc, parts, 0, evaluate(original)) as Doc, base)

export const compileAddFields = (spec: unknown, now: Date): Stage => {
  if (!isDoc(spec)) throw new CommandError('BadValue', '$addFields specification must be an object')
  const computed = computedFields(spec, now)
  return (docs) => mapDocs(docs, (doc) => applyComputed(doc, doc, computed))
}

export const compileUnset = (spec: unknown): Stage => {
  const paths = Array.isArray(spec) ? spec : [spec]
  if (paths.length === 0 || !paths.every((path) => typeof path === 'string')) {
    throw new CommandError('BadValue', '$unset specification must be a string or an array')
  }
  const project = compileProjection(Object.fromEntries(paths.map((path) => [path, false])))
  return (docs) => (project ? mapDocs(docs, project) : docs)
}

/** `$project`: fields in or out, as in a find, and computed ones. */
export const compileProject = (spec: unknown, now: Date): Stage => {
  if (!isDoc(spec) || Object.keys(spec).length === 0) throw new CommandError('BadValue', '$project needs an object with a field')
  const entries = Object.entries(spec)
  const flags = Object.fromEntries(entries.filter(([, value]) => projectionFlag(value) !== undefined))
  const expressions = Object.fromEntries(entries.filter(([, value]) => projectionFlag(value) === undefined))
  const computed = computedFields(expressions, now)
  const { _id: idFlag, ...others } = flags
  if (computed.length > 0 && Object.values(others).some((value) => !projectionFlag(value))) {
    throw new CommandError('BadValue', 'Invalid $project :: caused by :: Cannot use an expression in an exclusion projection')
  }
  const keepsId = projectionFlag(idFlag) ?? true
  const onlyComputed = computed.length > 0 && Object.keys(others).length === 0
  const base = onlyComputed ? compileProjection({ _id: new Int32(1) }) : compileProjection(flags)
  return (docs) => mapDocs(docs, (doc) => applyComputed(onlyComputed && !keepsId ? {} : (base?.(doc) ?? doc), doc, computed))
}
