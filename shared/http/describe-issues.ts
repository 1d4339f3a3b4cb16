import type { Issue } from '../errors.ts'

type SchemaIssue = { message: string; path?: readonly (PropertyKey | { key: PropertyKey })[] | undefined }

/** The problems that a schema found, by dotted path. Zod tells unknown fields in one issue of their parent: here each has its own. */
export const describeIssues = (issues: readonly SchemaIssue[]): Issue[] =>
  issues.flatMap((issue) => {
    const path = (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part))
    if (!('keys' in issue && Array.isArray(issue.keys))) return [{ path: path.join('.'), message: issue.message }]
    return issue.keys.map((key) => ({ path: [...path, String(key)].join('.'), message: 'is not a known field' }))
  })
