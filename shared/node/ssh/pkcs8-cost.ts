const integerTag = 0x02
const sequenceTag = 0x30
const longForm = 0x80
/** More bytes than a count of this world needs. */
const maxBytes = 6

/** The whole numbers in nested sequences of DER (ITU-T X.690), in their order; `Infinity` for one that is beyond counting. */
const integersIn = (der: Buffer): number[] => {
  const found: number[] = []
  for (let at = 0; at + 1 < der.length; ) {
    const tag = der[at]
    let length = der.readUInt8(at + 1)
    at += 2
    if (length >= longForm) {
      const bytes = length - longForm
      if (bytes === 0 || bytes > maxBytes) return [...found, Number.POSITIVE_INFINITY]
      if (at + bytes > der.length) return found
      length = der.readUIntBE(at, bytes)
      at += bytes
    }
    const value = der.subarray(at, at + length)
    at += length
    if (tag === sequenceTag) found.push(...integersIn(value))
    if (tag === integerTag && value.length > 0)
      found.push(value.length > maxBytes ? Number.POSITIVE_INFINITY : value.readUIntBE(0, value.length))
  }
  return found
}

/**
 * What an encrypted PKCS#8 file in PEM asks of its derivation: PBKDF2's iterations (RFC 8018: one number, or two with the length of the key), or
 * scrypt's N × r × p (RFC 7914, three or four numbers). 0 when it is damaged.
 */
export const pkcs8Cost = (pem: string): number => {
  const numbers = integersIn(Buffer.from(pem.replaceAll(/-----[^-]+-----/g, ''), 'base64'))
  const [first = 0, second = 1, third = 1] = numbers
  return numbers.length < 3 ? first : first * second * third
}
