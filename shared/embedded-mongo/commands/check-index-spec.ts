import { Int32 } from 'bson'
import { type Doc, getOwn, isDoc, numericValue, truthy } from '../bson/values.ts'
import { CommandError } from '../command-error.ts'
import { compilePartial } from '../storage/index-definition.ts'

const OPTIONS = ['v', 'key', 'name', 'unique', 'sparse', 'expireAfterSeconds', 'partialFilterExpression', 'background']
const PARTIAL_OPERATORS = ['$eq', '$exists', '$gt', '$gte', '$lt', '$lte', '$type', '$and', '$or', '$in']
const MAX_EXPIRE_SECONDS = 0x7fffffff

const refuse = (message: string): never => {
  throw new CommandError('CannotCreateIndex', message)
}

const checkKey = (key: unknown): Doc => {
  if (!isDoc(key) || Object.keys(key).length === 0) return refuse('Index keys cannot be an empty object')
  for (const [path, direction] of Object.entries(key)) {
    const number = numericValue(direction)
    if (number !== 1 && number !== -1) refuse(`Index direction or type is not supported for '${path}'`)
    if (path.includes('$') || path.split('.').some((part) => part === '' || /^\d+$/.test(part)))
      refuse(`Index path is not supported: '${path}'`)
  }
  return key
}

const checkPartial = (value: unknown): void => {
  if (Array.isArray(value)) value.forEach(checkPartial)
  if (!isDoc(value)) return
  for (const [key, inner] of Object.entries(value)) {
    if (key.startsWith('$') && !PARTIAL_OPERATORS.includes(key)) refuse(`Expression not supported in partial index: ${key}`)
    if (key === '$exists' && !truthy(inner)) refuse('Expression not supported in partial index: $exists: false')
    checkPartial(inner)
  }
}

const checkExpiry = (spec: Doc, key: Doc): void => {
  const expire = getOwn(spec, 'expireAfterSeconds')
  if (expire === undefined) return
  const seconds = Number(numericValue(expire))
  if (!(seconds >= 0 && seconds <= MAX_EXPIRE_SECONDS)) refuse('TTL index expireAfterSeconds is out of range')
  if (Object.keys(key).length !== 1 || '_id' in key) refuse('TTL indexes are single-field indexes and not on _id')
}

/** An index specification as it is kept. Throws CannotCreateIndex or InvalidOptions for what the engine cannot honour. */
export const checkIndexSpec = (spec: Doc): Doc => {
  const wrong = Object.keys(spec).find((option) => !OPTIONS.includes(option))
  if (wrong) throw new CommandError('InvalidOptions', `The index option '${wrong}' is not supported`)
  const key = checkKey(spec['key'])
  if (typeof spec['name'] !== 'string' || spec['name'] === '')
    throw new CommandError('FailedToParse', "The 'name' field is a required property of an index specification")
  const partial = getOwn(spec, 'partialFilterExpression')
  if (partial !== undefined) {
    if (!isDoc(partial)) throw new CommandError('TypeMismatch', "'partialFilterExpression' must be an object")
    if (truthy(spec['sparse'])) refuse('cannot mix "partialFilterExpression" and "sparse" options')
    checkPartial(partial)
    compilePartial(partial)
  }
  checkExpiry(spec, key)
  const { v: _v, background: _background, ...kept } = spec
  return { v: new Int32(2), ...kept }
}
