/** A name as MySQL quotes it. */
export const quoteName = (name: string): string => `\`${name.replaceAll('`', '``')}\``

export const quoteNames = (names: readonly string[]): string => names.map(quoteName).join(', ')
