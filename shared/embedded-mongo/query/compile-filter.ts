import { compileExpression } from '../aggregate/expressions.ts'
import { type Doc, isDoc } from '../bson/values.ts'
import { CommandError } from '../command-error.ts'
import { compileCondition, isOperatorDoc, type Predicate } from './conditions.ts'

const clauses = (name: string, value: unknown): Predicate[] => {
  if (!Array.isArray(value) || value.length === 0) throw new CommandError('BadValue', `${name} must be a nonempty array`)
  return value.map((item) => {
    if (!isDoc(item)) throw new CommandError('BadValue', `${name} entries need to be full objects`)
    return compileFilter(item)
  })
}

const compileTopLevel = (name: string, value: unknown): Predicate | undefined => {
  switch (name) {
    case '$and': {
      const all = clauses(name, value)
      return (doc) => all.every((test) => test(doc))
    }
    case '$or': {
      const any = clauses(name, value)
      return (doc) => any.some((test) => test(doc))
    }
    case '$nor': {
      const none = clauses(name, value)
      return (doc) => !none.some((test) => test(doc))
    }
    case '$expr':
      return compileExpression(value).test
    case '$comment':
      return undefined
    default:
      throw new CommandError('BadValue', `unknown top level operator: ${name}`)
  }
}

/**
 * Compiles a query into a predicate over decoded documents, with MongoDB's semantics for arrays, null and types.
 * Throws BadValue for an operator that is unknown or not supported.
 */
export const compileFilter = (filter: Doc): Predicate => {
  const tests: Predicate[] = []
  for (const [key, value] of Object.entries(filter)) {
    const test = key.startsWith('$') ? compileTopLevel(key, value) : compileFieldCondition(key, value)
    if (test) tests.push(test)
  }
  if (tests.length === 1) return tests[0]!
  return (doc) => tests.every((test) => test(doc))
}

/** Compiles what stands beside one field; without `expandArrays` an array is one value. */
export const compileFieldCondition = (path: string, condition: unknown, expandArrays = true): Predicate =>
  compileCondition(path, condition, { expandArrays, compileElement: compileElementFilter })

/**
 * The condition that an array's elements are compared with in `$elemMatch`, `$pull` and array filters: a query on the element itself
 * when it holds operators, on its fields otherwise.
 */
export const compileElementFilter = (condition: Doc): ((element: unknown) => boolean) => {
  const [first] = Object.keys(condition)
  const isValueCondition = isOperatorDoc(condition) && first !== '$and' && first !== '$or' && first !== '$nor' && first !== '$expr'
  if (isValueCondition) {
    const test = compileFieldCondition('element', condition, false)
    return (element) => test({ element })
  }
  const test = compileFilter(condition)
  return (element) => isDoc(element) && test(element)
}
