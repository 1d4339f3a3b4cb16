import type { Doc } from '../bson/values.ts'
import { CommandError } from '../command-error.ts'

/** What an expression sees: the document, and the variables of `$let`, `$map` and the like. */
export type Scope = { root: Doc; variables: Readonly<Record<string, unknown>> }
export type Evaluate = (scope: Scope) => unknown

type Compile = (expression: unknown, variables?: readonly string[]) => Evaluate
/** Compiles the argument of one operator. */
export type Operator = (argument: unknown, compile: Compile) => Evaluate

export const isNullish = (value: unknown): boolean => value === null || value === undefined

/** An operator over a list of evaluated arguments; a single argument may stand without its array. */
export const withArguments = (name: string, counts: readonly [number, number], apply: (values: unknown[]) => unknown): Operator => {
  return (argument, compile) => {
    const list = Array.isArray(argument) ? argument : [argument]
    if (list.length < counts[0] || list.length > counts[1])
      throw invalidExpression(`${name} takes ${counts[0]} argument(s), not ${list.length}`)
    const items = list.map((item) => compile(item))
    return (scope) => apply(items.map((item) => item(scope)))
  }
}

export const bindAll = (scope: Scope, variables: Record<string, unknown>): Scope => ({
  root: scope.root,
  variables: { ...scope.variables, ...variables },
})

export const invalidExpression = (message: string): CommandError => new CommandError('BadValue', `Invalid expression: ${message}`)
