let last = 0n

/**
 * A new id: a UUIDv7 (RFC 9562, section 5.7, with the monotonic random of 6.2, method 2), for a platform whose crypto makes none. Ids of one
 * process sort by the order in which they were made.
 */
export const newId = (): string => {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2))
  const random = (BigInt(high) << 32n) | BigInt(low)
  const fresh = (BigInt(Date.now()) << 74n) | (random << 10n)
  last = fresh > last ? fresh : last + 1n
  const timestamp = (last >> 74n).toString(16).padStart(12, '0')
  const a = (0x7000n | ((last >> 62n) & 0xfffn)).toString(16)
  const b = (0x8000n | ((last >> 48n) & 0x3fffn)).toString(16)
  const rest = (last & 0xffffffffffffn).toString(16).padStart(12, '0')
  return `${timestamp.slice(0, 8)}-${timestamp.slice(8)}-${a}-${b}-${rest}`
}
