import { Int32, Long } from 'bson'
import { type Doc, isDoc, setOwn, wholeNumber } from '../bson/values.ts'
import { CommandError } from '../command-error.ts'
import { compileFilter } from '../query/compile-filter.ts'
import { compareSortKeys, parseSort, sortKey } from '../query/sort-documents.ts'
import { compileExpression } from './expressions.ts'
import { compileGroup } from './group.ts'
import { compileLookup } from './lookup.ts'
import { compileAddFields, compileProject, compileUnset } from './project.ts'
import { mapDocs, type Stage, type StageContext } from './stage.ts'
import { compileUnwind } from './unwind.ts'

function* filterDocs(docs: Iterable<Doc>, test: (doc: Doc) => boolean): Iterable<Doc> {
  for (const doc of docs) if (test(doc)) yield doc
}

function* skip(docs: Iterable<Doc>, count: number): Iterable<Doc> {
  let seen = 0
  for (const doc of docs) if (++seen > count) yield doc
}

function* limit(docs: Iterable<Doc>, count: number): Iterable<Doc> {
  let seen = 0
  for (const doc of docs) {
    yield doc
    if (++seen >= count) return
  }
}

const compileMatch = (spec: unknown): Stage => {
  if (!isDoc(spec)) throw new CommandError('BadValue', 'the match filter must be an expression in an object')
  const test = compileFilter(spec)
  return (docs) => filterDocs(docs, test)
}

const compileSort = (spec: unknown): Stage => {
  const fields = parseSort(spec)
  if (fields.length === 0) throw new CommandError('BadValue', '$sort stage must have at least one sort key')
  return (docs) => {
    const keyed = [...docs].map((doc) => ({ doc, key: sortKey(doc, fields) }))
    return keyed.sort((a, b) => compareSortKeys(a.key, b.key, fields)).map(({ doc }) => doc)
  }
}

const positive = (name: string, value: unknown, least: number): number => {
  const count = wholeNumber(value, name, -1)
  if (count < least) throw new CommandError('BadValue', `invalid argument to ${name} stage: ${count}`)
  return count
}

const compileCount = (name: unknown): Stage => {
  if (typeof name !== 'string' || name === '' || /[$.]/.test(name)) throw new CommandError('BadValue', '$count needs a plain field name')
  return function* count(docs) {
    let total = 0
    for (const _ of docs) total++
    if (total > 0) yield { [name]: total <= 0x7fffffff ? new Int32(total) : Long.fromNumber(total) }
  }
}

const compileFacet = (spec: unknown, context: StageContext): Stage => {
  if (!isDoc(spec) || Object.keys(spec).length === 0) throw new CommandError('BadValue', '$facet needs at least one pipeline')
  const facets = Object.entries(spec).map(([name, stages]) => ({ name, run: compileStages(stages, context) }))
  return function* facet(docs) {
    const all = [...docs]
    const out: Doc = {}
    for (const { name, run } of facets) setOwn(out, name, [...run(all)])
    yield out
  }
}

const compileReplaceRoot = (expression: unknown, now: Date): Stage => {
  const { evaluate } = compileExpression(expression, now)
  return (docs) =>
    mapDocs(docs, (doc) => {
      const root = evaluate(doc)
      if (!isDoc(root)) throw new CommandError('BadValue', "'newRoot' expression must evaluate to an object")
      return root
    })
}

const newRoot = (spec: unknown): unknown => {
  if (isDoc(spec) && Object.keys(spec).length === 1 && 'newRoot' in spec) return spec['newRoot']
  throw new CommandError('BadValue', '$replaceRoot takes an object with newRoot')
}

const sortByCount = (expression: unknown, now: Date): Stage => {
  const group = compileGroup({ _id: expression, count: { $sum: new Int32(1) } }, now)
  const sort = compileSort({ count: -1 })
  return (docs) => sort(group(docs))
}

const STAGES: Readonly<Record<string, (spec: unknown, context: StageContext) => Stage>> = {
  $match: compileMatch,
  $sort: compileSort,
  $limit: (spec) => {
    const count = positive('$limit', spec, 1)
    return (docs) => limit(docs, count)
  },
  $skip: (spec) => {
    const count = positive('$skip', spec, 0)
    return (docs) => skip(docs, count)
  },
  $count: compileCount,
  $project: (spec, { now }) => compileProject(spec, now),
  $addFields: (spec, { now }) => compileAddFields(spec, now),
  $set: (spec, { now }) => compileAddFields(spec, now),
  $unset: compileUnset,
  $unwind: compileUnwind,
  $group: (spec, { now }) => compileGroup(spec, now),
  $sortByCount: (spec, { now }) => sortByCount(spec, now),
  $replaceRoot: (spec, { now }) => compileReplaceRoot(newRoot(spec), now),
  $replaceWith: (spec, { now }) => compileReplaceRoot(spec, now),
  $lookup: (spec, context) => compileLookup(spec, context, compileStages),
  $facet: compileFacet,
}

/** Compiles a pipeline; documents stream through it where the stage allows. Throws Location40324 for stages that are not supported. */
export const compileStages = (pipeline: unknown, context: StageContext): Stage => {
  if (!Array.isArray(pipeline)) throw new CommandError('TypeMismatch', "'pipeline' must be an array")
  const stages = pipeline.map((stage) => {
    const [entry, ...more] = isDoc(stage) ? Object.entries(stage) : []
    if (!entry || more.length > 0)
      throw new CommandError('Location40324', 'A pipeline stage specification object must contain exactly one field.')
    const compile = STAGES[entry[0]]
    if (!compile) throw new CommandError('Location40324', `Unrecognized pipeline stage name: '${entry[0]}'`)
    return compile(entry[1], context)
  })
  return (docs) => stages.reduce((flow, stage) => stage(flow), docs)
}
