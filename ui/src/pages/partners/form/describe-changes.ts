import { fieldLabels } from './field-labels.ts'
import type { LoginValues, PartnerValues } from './partner-values.ts'

type Leaf = string | boolean
type Change = { label: string; was: string; is: string; mine: string | null }

const shown: Readonly<Record<string, string>> = {
  ...fieldLabels,
  'ssh.signIn': 'SSH sign-in with',
  'ssh.trust': 'Host key',
  'ssh.jumps': 'Hops',
}

const showJumps = (jumps: readonly LoginValues[]) => jumps.map(({ username, host, port }) => `${username}@${host}:${port}`).join(' → ')

const leaves = (values: object, prefix = ''): [path: string, value: Leaf][] =>
  Object.entries(values).flatMap(([name, value]): [string, Leaf][] =>
    Array.isArray(value)
      ? [[`${prefix}${name}`, showJumps(value as LoginValues[])]]
      : typeof value === 'object'
        ? leaves(value, `${prefix}${name}.`)
        : [[`${prefix}${name}`, value]],
  )

const show = (value: Leaf | undefined) => {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return value === undefined || value === '' ? 'nothing' : value
}

/** What differs between two states of a partner, by label; `mine` where `entered` has the field otherwise than both. */
export const describeChanges = (before: PartnerValues, now: PartnerValues, entered: PartnerValues): Change[] => {
  const [is, mine] = [new Map(leaves(now)), new Map(leaves(entered))]
  return leaves(before)
    .filter(([path, was]) => is.get(path) !== was)
    .map(([path, was]) => {
      const [theirs, own] = [is.get(path), mine.get(path)]
      return { label: shown[path] ?? path, was: show(was), is: show(theirs), mine: own !== was && own !== theirs ? show(own) : null }
    })
}
