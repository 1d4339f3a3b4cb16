/** A name as MySQL quotes it. */
export const quoteName = (name: string): string => `\`${name.replaceAll('`', '``')}\``

/** Names as MySQL quotes them, separated by commas. */
export const quoteNames = (names: readonly string[]): string => names.map(quoteName).join(', ')

const quoteText = (text: string): string => `'${text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '').replaceAll(/['\\]/g, '\\$&')}'`

/** An account as SQL writes it, fit to show: without control characters. Which host it is for only the server knows. */
export const quoteAccount = (username: string, host = '%'): string => `${quoteText(username)}@${quoteText(host)}`

/** The same of what `CURRENT_USER()` answered (`reader@%`); where that names no host, of the user who signed in. */
export const quoteCurrentUser = (answer: unknown, username: string): string => {
  const account = String(answer)
  const at = account.lastIndexOf('@')
  return at === -1 ? quoteAccount(username) : quoteAccount(account.slice(0, at), account.slice(at + 1))
}
