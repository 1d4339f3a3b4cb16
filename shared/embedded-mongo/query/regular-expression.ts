import { BSONRegExp } from 'bson'
import { CommandError } from '../command-error.ts'

/** The operand of `$regex` with its `$options`. */
export const regExpOf = (pattern: unknown, flags: unknown): BSONRegExp => {
  if (flags !== undefined && typeof flags !== 'string') throw new CommandError('BadValue', '$options has to be a string')
  if (pattern instanceof BSONRegExp) return flags === undefined ? pattern : new BSONRegExp(pattern.pattern, flags)
  if (typeof pattern !== 'string') throw new CommandError('BadValue', '$regex has to be a string')
  return new BSONRegExp(pattern, flags ?? '')
}

/** A JavaScript expression for MongoDB's; throws BadValue for the flags and the syntax that JavaScript does not share with PCRE. */
export const compileRegExp = (regExp: BSONRegExp): RegExp => {
  const unsupported = regExp.options.replace(/[imsu]/g, '')
  if (unsupported !== '') throw new CommandError('BadValue', `Regular expression options not supported: ${unsupported}`)
  // What PCRE reads differently from JavaScript without complaint: POSIX classes, \A \Z \z \h \K \G \Q, possessive quantifiers.
  if (/\[\[:|\\[AZzhHKGQER]|[+*?}]\+/.test(regExp.pattern)) {
    throw new CommandError('BadValue', `Regular expression is not supported: ${regExp.pattern}`)
  }
  try {
    return new RegExp(regExp.pattern, regExp.options.replace(/u/g, ''))
  } catch (cause) {
    throw new CommandError('BadValue', `Regular expression is invalid: ${cause instanceof Error ? cause.message : ''}`)
  }
}
