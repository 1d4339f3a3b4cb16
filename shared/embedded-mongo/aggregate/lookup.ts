import { type Doc, isDoc, setOwn } from '../bson/values.ts'
import { CommandError } from '../command-error.ts'
import { indexedValues } from '../query/field-path.ts'
import { mapDocs, type Stage, type StageContext } from './stage.ts'

/** `$lookup` by equality of two fields, optionally through a pipeline; `let` is not supported. */
export const compileLookup = (
  spec: unknown,
  context: StageContext,
  compileStages: (pipeline: unknown, context: StageContext) => Stage,
): Stage => {
  if (!isDoc(spec)) throw new CommandError('FailedToParse', '$lookup takes an object')
  const { from, localField, foreignField, as, pipeline = [], ...rest } = spec
  const [wrong] = Object.keys(rest)
  if (wrong) throw new CommandError('NotImplemented', `$lookup does not support ${wrong}`)
  if (typeof from !== 'string' || typeof localField !== 'string' || typeof foreignField !== 'string' || typeof as !== 'string') {
    throw new CommandError('NotImplemented', '$lookup needs from, localField, foreignField and as')
  }
  if (/[$.]/.test(as)) throw new CommandError('NotImplemented', "$lookup supports a plain field name as its 'as'")
  const run = compileStages(pipeline, context)
  return (docs) =>
    mapDocs(docs, (doc) => {
      const values = indexedValues(doc, localField.split('.')).values.filter((value) => value !== undefined)
      const out: Doc = { ...doc }
      setOwn(out, as, [...run(context.find(from, { [foreignField]: { $in: values } }))])
      return out
    })
}
