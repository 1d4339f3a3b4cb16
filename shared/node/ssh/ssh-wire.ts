/** A string of SSH's wire format: its length in four bytes, then its bytes (RFC 4251, section 5). An mpint has the same outer form. */
export const packString = (value: Uint8Array | string): Buffer => {
  const bytes = Buffer.from(value)
  return Buffer.concat([packUint32(bytes.length), bytes])
}

/** A uint32 of SSH's wire format. */
export const packUint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** The first `count` strings of a buffer in SSH's wire format. @throws RangeError when it holds fewer */
export const unpackStrings = (buffer: Buffer, count: number): Buffer[] => {
  let offset = 0
  return Array.from({ length: count }, () => {
    const end = offset + 4 + buffer.readUInt32BE(offset)
    if (end > buffer.length) throw new RangeError('a string runs over the end')
    const value = buffer.subarray(offset + 4, end)
    offset = end
    return value
  })
}
