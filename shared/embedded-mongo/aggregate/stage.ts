import type { Doc } from '../bson/values.ts'

/** What a stage makes of the documents that reach it. */
export type Stage = (docs: Iterable<Doc>) => Iterable<Doc>
export type StageContext = { now: Date; find: (collection: string, filter: Doc) => Iterable<Doc> }

export function* mapDocs(docs: Iterable<Doc>, map: (doc: Doc) => Doc): Iterable<Doc> {
  for (const doc of docs) yield map(doc)
}
