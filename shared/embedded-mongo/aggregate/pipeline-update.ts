import { type Doc, isDoc } from '../bson/values.ts'
import { CommandError } from '../command-error.ts'
import { withIdFirst } from '../update/upsert-document.ts'
import { compileStages } from './stages.ts'

const ALLOWED = ['$addFields', '$set', '$project', '$unset', '$replaceRoot', '$replaceWith']

/** An update given as a pipeline. Throws InvalidOptions for stages that MongoDB does not allow there. */
export const compilePipelineUpdate = (pipeline: readonly unknown[], now: Date): ((doc: Doc) => Doc) => {
  const wrong = pipeline.flatMap((stage) => (isDoc(stage) ? Object.keys(stage) : ['?'])).find((name) => !ALLOWED.includes(name))
  if (wrong) throw new CommandError('InvalidOptions', `${wrong} is not allowed to be used within an update`)
  const run = compileStages(pipeline, { now, find: () => [] })
  return (doc) => {
    const [after = {}] = run([doc])
    return '_id' in after || !('_id' in doc) ? after : withIdFirst({ ...after, _id: doc['_id'] })
  }
}
