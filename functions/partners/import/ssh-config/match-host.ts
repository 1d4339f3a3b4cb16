/** A host name has up to 253 characters; with its port and in brackets it has some more. */
const maxLength = 300

/** `*` stands for any text and `?` for one character; only the last star is ever tried again. */
const matches = (pattern: string, name: string): boolean => {
  if (pattern.length > maxLength || name.length > maxLength) return false
  let [at, from] = [0, 0]
  let star = -1
  let taken = 0
  while (from < name.length) {
    if (pattern[at] === '*') {
      star = at
      taken = from
      at += 1
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === name[from])) {
      at += 1
      from += 1
    } else if (star >= 0) {
      taken += 1
      at = star + 1
      from = taken
    } else return false
  }
  return /^\**$/.test(pattern.slice(at))
}

/** Whether a list of patterns (ssh_config(5), PATTERNS) names the host: one matches, and none with an exclamation mark does. */
export const matchesHost = (patterns: readonly string[], name: string): boolean =>
  patterns.some((pattern) => !pattern.startsWith('!') && matches(pattern, name)) &&
  !patterns.some((pattern) => pattern.startsWith('!') && matches(pattern.slice(1), name))
