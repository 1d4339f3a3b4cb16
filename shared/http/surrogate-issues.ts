import type { Issue } from '../errors.ts'

/** The texts of a value, keys included, that hold half a character (a lone surrogate), which no UTF-8 and no database can store. */
export const surrogateIssues = (value: unknown, path: readonly string[] = []): Issue[] => {
  if (typeof value === 'string')
    return value.isWellFormed() ? [] : [{ path: path.join('.'), message: 'must not hold half a character (a lone surrogate)' }]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, part]) => [
    ...surrogateIssues(key, [...path, key.toWellFormed()]),
    ...surrogateIssues(part, [...path, key.toWellFormed()]),
  ])
}
