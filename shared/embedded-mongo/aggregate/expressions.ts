import { bsonType, type Doc, getOwn, isDoc, setOwn, truthy } from '../bson/values.ts'
import { OPERATORS } from './expression-operators.ts'
import { type Evaluate, invalidExpression } from './operator.ts'

/** Names that an expression may use, and the command's clock. */
type Names = { variables: readonly string[]; now: Date }

/** A field path as expressions read it: an array on the way gives an array of what its documents hold; numbers are no indexes. */
const follow = (value: unknown, parts: readonly string[], at: number): unknown => {
  const part = parts[at]
  if (part === undefined) return value
  if (Array.isArray(value)) return value.map((item) => follow(item, parts, at)).filter((item) => item !== undefined)
  return isDoc(value) ? follow(getOwn(value, part), parts, at + 1) : undefined
}

const compilePath = (text: string, names: Names): Evaluate => {
  const isVariable = text.startsWith('$$')
  const [head = '', ...rest] = text.slice(isVariable ? 2 : 1).split('.')
  if (head === '' || rest.includes('')) throw invalidExpression(`'${text}' is not a valid field path`)
  if (!isVariable) return ({ root }) => follow(root, [head, ...rest], 0)
  switch (head) {
    case 'ROOT':
    case 'CURRENT':
      return ({ root }) => follow(root, rest, 0)
    case 'NOW':
      return () => names.now
    case 'REMOVE':
      return () => undefined
    default:
      if (!names.variables.includes(head)) throw invalidExpression(`Use of undefined variable: ${head}`)
      return ({ variables }) => follow(getOwn(variables, head), rest, 0)
  }
}

const compileObject = (expression: Doc, names: Names): Evaluate => {
  const [first] = Object.entries(expression)
  if (first?.[0].startsWith('$')) {
    if (Object.keys(expression).length > 1) throw invalidExpression('an expression must have exactly one operator')
    const operator = OPERATORS[first[0]]
    if (!operator) throw invalidExpression(`Unrecognized expression '${first[0]}'`)
    return operator(first[1], (inner, more = []) => compile(inner, { ...names, variables: [...names.variables, ...more] }))
  }
  const fields = Object.entries(expression).map(([key, inner]) => [key, compile(inner, names)] as const)
  return (scope) => {
    const out: Doc = {}
    for (const [key, evaluate] of fields) {
      const value = evaluate(scope)
      if (value !== undefined) setOwn(out, key, value)
    }
    return out
  }
}

const compile = (expression: unknown, names: Names): Evaluate => {
  if (typeof expression === 'string' && expression.startsWith('$')) return compilePath(expression, names)
  if (Array.isArray(expression)) {
    const items = expression.map((item) => compile(item, names))
    return (scope) => items.map((item) => item(scope) ?? null)
  }
  if (isDoc(expression)) return compileObject(expression, names)
  bsonType(expression)
  return () => expression
}

type Expression = { evaluate(doc: Doc): unknown; test(doc: Doc): boolean }

/** Compiles an aggregation expression. A missing value is `undefined`. Throws BadValue for operators and variables that are unknown. */
export const compileExpression = (expression: unknown, now = new Date()): Expression => {
  const evaluate = compile(expression, { variables: [], now })
  const run = (doc: Doc): unknown => evaluate({ root: doc, variables: {} })
  return { evaluate: run, test: (doc) => truthy(run(doc)) }
}
