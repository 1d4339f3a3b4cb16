import { encodeValue, invertKey } from '../bson/key-encoding.ts'
import type { Doc } from '../bson/values.ts'
import type { Index } from '../storage/index-definition.ts'
import { compileFilter } from './compile-filter.ts'
import { type Bounds, type Conjunct, conjunctsOf, fieldBounds } from './field-bounds.ts'
import type { SortField } from './sort-documents.ts'

/** Keys from `from` up to but not including `to`. */
type KeyRange = { from: Buffer; to: Buffer }

/** How a query reaches its documents. Without an index, all of them in the order of their insertion. */
export type Plan = {
  index: Index | undefined
  ranges: readonly KeyRange[]
  reverse: boolean
  /** The documents come in the order that was asked for. */
  sorted: boolean
  /** Every entry in the ranges is a match, so that they can be counted without reading documents. */
  exact: boolean
}

const MAX_RANGES = 1000
const HIGHEST = Buffer.from([0xff])

const after = (key: Buffer): Buffer => Buffer.concat([key, HIGHEST])

/** A partial index holds every match only if the query implies its filter; a sparse one only if the query asks for a value that exists. */
const isUsable = (index: Index, conjuncts: readonly Conjunct[]): boolean => {
  if (index.sparse) {
    const paths = index.fields.map(({ path }) => path)
    if (!conjuncts.some(({ path, condition }) => paths.includes(path) && requiresValue(condition))) return false
  }
  return Object.entries(index.partial ?? {}).every(([path, condition]) => conjuncts.some((have) => implies(have, path, condition)))
}

const requiresValue = (condition: unknown): boolean => {
  const bounds = fieldBounds(condition, false)
  return bounds !== undefined && !(bounds.points?.some((point) => point === null) ?? false)
}

const implies = (have: Conjunct, path: string, condition: unknown): boolean => {
  if (have.path !== path || path.startsWith('$')) return false
  if (sameCondition(have.condition, condition)) return true
  const points = fieldBounds(have.condition, false)?.points
  return points?.every((point) => point !== null && compileFilter({ value: condition })({ value: point })) ?? false
}

const sameCondition = (a: unknown, b: unknown): boolean => encodeValue(a ?? null).equals(encodeValue(b ?? null))

const encodePoint = (value: unknown, direction: 1 | -1): Buffer => (direction === 1 ? encodeValue(value) : invertKey(encodeValue(value)))

/** The part of the key space that one field's bounds allow, after `prefix`. */
const rangeAfter = (prefix: Buffer, bounds: Bounds, direction: 1 | -1): KeyRange => {
  const low = bounds.low ?? { key: Buffer.from([bounds.rank]), inclusive: true }
  const high = bounds.high ?? { key: Buffer.from([bounds.rank]), inclusive: true }
  const edge = (key: Buffer): Buffer => Buffer.concat([prefix, direction === 1 ? key : invertKey(key)])
  // A bare rank stands for all values of its type, which end where the next rank begins.
  const past = (key: Buffer): Buffer => (key.length === prefix.length + 1 ? nextKey(key) : after(key))
  const [first, last] = direction === 1 ? [low, high] : [high, low]
  const from = edge(first.key)
  const to = edge(last.key)
  return { from: first.inclusive ? from : past(from), to: last.inclusive ? past(to) : to }
}

const nextKey = (key: Buffer): Buffer => {
  const next = Buffer.from(key)
  next[next.length - 1] = next[next.length - 1]! + 1
  return next
}

type Candidate = { plan: Plan; score: number }

const sortDirection = (index: Index, constant: number, sort: readonly SortField[]): 1 | -1 | undefined => {
  const fixed = new Set(index.fields.slice(0, constant).map(({ path }) => path))
  const wanted = sort.filter(({ path }) => !fixed.has(path))
  const offered = index.fields.slice(constant)
  if (wanted.length === 0) return 1
  const turn = wanted[0]?.direction === offered[0]?.direction ? 1 : -1
  return wanted.every(({ path, direction }, i) => offered[i]?.path === path && offered[i].direction * turn === direction) ? turn : undefined
}

const boundsByPath = (conjuncts: readonly Conjunct[], multikey: boolean): Map<string, { bounds: Bounds; used: number }> => {
  const found = new Map<string, { bounds: Bounds; used: number }>()
  for (const { path, condition } of conjuncts) {
    const bounds = fieldBounds(condition, multikey)
    const known = found.get(path)
    if (bounds && (!known || (bounds.points && !known.bounds.points))) found.set(path, { bounds, used: 1 })
  }
  return found
}

const candidate = (index: Index, conjuncts: readonly Conjunct[], sort: readonly SortField[]): Candidate | undefined => {
  if (!isUsable(index, conjuncts)) return undefined
  const found = boundsByPath(conjuncts, index.multikey)
  let prefixes: Buffer[] = [Buffer.alloc(0)]
  let fixed = 0
  let used = 0
  let constant = true
  for (const { path, direction } of index.fields) {
    const points = found.get(path)?.bounds.points
    if (!points || prefixes.length * points.length > MAX_RANGES) break
    const encoded = points.map((point) => encodePoint(point, direction))
    prefixes = prefixes.flatMap((prefix) => encoded.map((point) => Buffer.concat([prefix, point])))
    constant &&= points.length === 1
    fixed++
    used++
  }
  const next = index.fields[fixed]
  const bounds = next && found.get(next.path)?.bounds
  const range = bounds && !bounds.points ? { bounds, direction: next.direction } : undefined
  const hasRange = range !== undefined
  const ranges = prefixes.map((prefix) => (range ? rangeAfter(prefix, range.bounds, range.direction) : { from: prefix, to: after(prefix) }))
  const turn = constant && !index.multikey ? sortDirection(index, fixed, sort) : undefined
  const sorted = sort.length === 0 || turn !== undefined
  if (fixed === 0 && !hasRange && (sort.length === 0 || !sorted)) return undefined
  const consumed = used + Number(hasRange)
  const exactPoints = conjuncts.every(({ path, condition }) => found.has(path) && (fieldBounds(condition, index.multikey)?.exact ?? false))
  const plan: Plan = {
    index,
    ranges: ranges.sort((a, b) => Buffer.compare(a.from, b.from)),
    reverse: turn === -1 && sort.length > 0,
    sorted,
    exact: exactPoints && !index.multikey && consumed === conjuncts.length && new Set(conjuncts.map(({ path }) => path)).size === consumed,
  }
  const whole = index.unique && fixed === index.fields.length ? 1000 : 0
  return { plan, score: whole + fixed * 10 + Number(hasRange) * 5 + Number(sort.length > 0 && sorted) * 7 }
}

/**
 * Chooses the index for a query: equality and `$in` on leading fields, a range on the next one, the sort from what remains.
 * Conditions that it cannot use are left to the filter, which is evaluated on every document in any case.
 */
export const planQuery = (indexes: readonly Index[], filter: Doc, sort: readonly SortField[]): Plan => {
  const conjuncts = conjunctsOf(filter)
  let best: Candidate | undefined
  for (const index of indexes) {
    const next = candidate(index, conjuncts, sort)
    if (next && (!best || next.score > best.score)) best = next
  }
  const isNatural = Object.keys(filter).length === 0
  return best?.plan ?? { index: undefined, ranges: [], reverse: false, sorted: sort.length === 0, exact: isNatural }
}
