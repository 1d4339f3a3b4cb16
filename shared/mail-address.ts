import { z } from 'zod'

// Zod's own pattern takes no top-level domain in punycode.
const Ascii = z.email({
  pattern: /^(?!\.)(?!.*\.\.)[\w'+.-]*[\w+-]@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,58}[a-z0-9])$/i,
})
/** Letters, digits, hyphens and the full stops of UTS 46; the rest a URL would read otherwise. */
const domainSigns = /^[\p{L}\p{M}\p{N}.\u3002\uFF0E\uFF61\u00B7-]+$/u

/** The address with its domain as DNS has it, in punycode (UTS 46); `null` where it is no address, or not ASCII before the @. */
export const asciiMailAddress = (address: string): string | null => {
  const at = address.lastIndexOf('@')
  const domain = address.slice(at + 1)
  if (at < 0 || !domainSigns.test(domain) || !URL.canParse(`http://${domain}`)) return null
  const ascii = `${address.slice(0, at)}@${new URL(`http://${domain}`).hostname}`
  return Ascii.safeParse(ascii).success ? ascii : null
}

/** A mail address as somebody types it, also with an international domain; it is kept so, and sent to by `asciiMailAddress`. */
export const MailAddress = z
  .string()
  .trim()
  .max(320)
  .refine((address) => asciiMailAddress(address) !== null, 'must be a mail address')
  .meta({ format: 'idn-email' })
