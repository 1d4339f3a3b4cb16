const integerTag = 0x02
const sequenceTag = 0x30
const longForm = 0x80
/** More bytes than a count of this world needs. */
const maxBytes = 6

/** The largest whole number in nested sequences of DER (ITU-T X.690); `Infinity` for one that is beyond counting. */
const largestInteger = (der: Buffer): number => {
  let largest = 0
  for (let at = 0; at + 1 < der.length; ) {
    const tag = der[at]
    let length = der.readUInt8(at + 1)
    at += 2
    if (length >= longForm) {
      const bytes = length - longForm
      if (bytes === 0 || bytes > maxBytes) return Number.POSITIVE_INFINITY
      if (at + bytes > der.length) return largest
      length = der.readUIntBE(at, bytes)
      at += bytes
    }
    const value = der.subarray(at, at + length)
    at += length
    if (tag === sequenceTag) largest = Math.max(largest, largestInteger(value))
    if (tag !== integerTag || value.length === 0) continue
    largest = Math.max(largest, value.length > maxBytes ? Number.POSITIVE_INFINITY : value.readUIntBE(0, value.length))
  }
  return largest
}

/** What an encrypted PKCS#8 file in PEM asks of its derivation: iterations, or scrypt's cost (RFC 8018, RFC 7914). 0 when it is damaged. */
export const pkcs8Cost = (pem: string): number => largestInteger(Buffer.from(pem.replaceAll(/-----[^-]+-----/g, ''), 'base64'))
