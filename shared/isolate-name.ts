/** What turns the order of its neighbours: letters and digits of right-to-left scripts (the blocks of DerivedBidiClass), and controls. */
const turning = /[\u0590-\u08FF\u200E\u200F\u202A-\u202E\u2066-\u2069\uFB1D-\uFDFF\uFE70-\uFEFE\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u
/** What would end an isolate before its own end does: its controls, and all that begins a paragraph. */
const ending = /[\u2066-\u2069]|[\p{Cc}\u2029]/gu

/**
 * A name as a part of a sentence: between FSI (U+2068) and PDI (U+2069) where it could mix up the line around it, else as it is. PDI ends
 * embeddings and overrides of the name as well (https://unicode.org/reports/tr9/#X6a). For texts that people read; never for fields.
 */
export const isolateName = (name: string): string =>
  turning.test(name) ? `\u2068${name.replace(ending, (sign) => (sign >= '\u2066' ? '' : ' '))}\u2069` : name
