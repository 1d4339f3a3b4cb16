import { maxRowLength, rowTooLong } from './row-limits.ts'

const blank = /^[ \t\r\n]*$/
const isBlank = (text: string) => blank.test(text)

/**
 * The texts of a JSON array's elements, as they arrive; whether each is JSON, its reader tells. What is no array is one text, `isElement`
 * false. Parsed at once, a list of empty lists would take twenty times its length.
 */
export async function* splitJsonArray(pieces: AsyncIterable<string>): AsyncGenerator<{ text: string; isElement: boolean }> {
  const structural = /["\\[\]{},]/g
  let state: 'before' | 'inside' | 'after' | 'no array' = 'before'
  let text = ''
  let depth = 0
  let rows = 0
  let isString = false
  let offset = 0
  let escapedAt = -1

  /** What a structural character does: the end of an element, or nothing that matters here. */
  const isElementEnd = (character: string, at: number): boolean => {
    if (at === escapedAt) return false
    if (isString) {
      if (character === '\\') escapedAt = at + 1
      isString = character !== '"'
      return false
    }
    if (character === '"') isString = true
    if (character === '[' || character === '{') depth += 1
    if (character === ']' || character === '}') depth -= 1
    return depth === 0 || (depth === 1 && character === ',')
  }

  for await (const piece of pieces) {
    let from = 0
    for (const { 0: character, index } of piece.matchAll(structural)) {
      if (state === 'before') {
        state = character === '[' && isBlank(text + piece.slice(0, index)) ? 'inside' : 'no array'
        if (state === 'inside') [text, from, depth] = ['', index + 1, 1]
        continue
      }
      if (state !== 'inside' || !isElementEnd(character, offset + index)) continue
      // A brace ends no array: as a part of the element it makes that one no JSON.
      text += piece.slice(from, character === '}' ? index + 1 : index)
      from = index + 1
      if (depth === 0) state = 'after'
      if (state === 'inside' || rows > 0 || !isBlank(text)) yield { text, isElement: true }
      rows += 1
      text = ''
    }
    text += piece.slice(from)
    offset += piece.length
    if (text.length > maxRowLength) throw rowTooLong(state === 'inside' ? `Row ${rows + 1}` : 'What is sent beside an array')
  }
  if (state !== 'after' || !isBlank(text)) yield { text: state === 'inside' ? `[${text}` : text, isElement: false }
}
