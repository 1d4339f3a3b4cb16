import { isDoc, wholeNumber } from '../bson/values.ts'
import { CommandError } from '../command-error.ts'
import { invalidExpression, type Operator } from './operator.ts'

const UNIT_MS: Readonly<Record<string, number>> = { millisecond: 1, second: 1000, minute: 60_000, hour: 3_600_000, day: 86_400_000 }

/** MongoDB counts bins from this instant. Source: https://www.mongodb.com/docs/manual/reference/operator/aggregation/dateTrunc/. */
const ORIGIN_MS = Date.UTC(2000, 0, 1)

/** `$dateTrunc` in UTC, for units up to a day. */
export const dateTrunc: Operator = (argument, compile) => {
  if (!isDoc(argument)) throw invalidExpression('$dateTrunc takes an object')
  const unit = UNIT_MS[String(argument['unit'])]
  const wrong = Object.keys(argument).find((key) => !['date', 'unit', 'binSize'].includes(key))
  if (unit === undefined || wrong)
    throw new CommandError('NotImplemented', `$dateTrunc does not support ${wrong ?? `unit ${argument['unit']}`}`)
  const sizeMs = unit * wholeNumber(argument['binSize'], 'binSize', 1)
  if (!(sizeMs > 0)) throw invalidExpression('$dateTrunc requires a positive binSize')
  const date = compile(argument['date'])
  return (scope) => {
    const value = date(scope)
    if (value === null || value === undefined) return null
    if (!(value instanceof Date)) throw invalidExpression('$dateTrunc requires a date')
    return new Date(ORIGIN_MS + Math.floor((value.getTime() - ORIGIN_MS) / sizeMs) * sizeMs)
  }
}
