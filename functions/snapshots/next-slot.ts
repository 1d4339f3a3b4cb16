/** FNV-1a, 32 bits: http://www.isthe.com/chongo/tech/comp/fnv/ */
const hash = (text: string) => [...text].reduce((sum, char) => Math.imul(sum ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0, 0x811c9dc5)

/**
 * The first slot of a partner after `after`. Its slots lie one interval apart, at an offset that its id decides, so that a fleet's
 * captures spread over the interval and every process agrees on them.
 */
export const nextSlot = (partnerId: string, after: Date, intervalMs: number): Date => {
  const offset = hash(partnerId) % intervalMs
  return new Date((Math.floor((after.getTime() - offset) / intervalMs) + 1) * intervalMs + offset)
}
