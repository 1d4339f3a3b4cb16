type Values = Record<string, unknown> | null

const show = (value: unknown): string => {
  if (value === undefined) return '–'
  return typeof value === 'string' ? value : JSON.stringify(value)
}

const flatten = (value: unknown, path: string): [string, unknown][] => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[path, value]]
  const entries = Object.entries(value)
  return entries.length === 0 ? [[path, value]] : entries.flatMap(([name, inner]) => flatten(inner, path ? `${path}.${name}` : name))
}

/** What an entry of the audit log changed, by dotted path: the values before and after as text, only those that differ. */
export const auditChanges = (before: Values, after: Values): { path: string; before: string; after: string }[] => {
  const old = new Map(before ? flatten(before, '') : [])
  const next = new Map(after ? flatten(after, '') : [])
  return [...new Set([...old.keys(), ...next.keys()])]
    .map((path) => ({ path, before: show(old.get(path)), after: show(next.get(path)) }))
    .filter((change) => change.before !== change.after)
}
