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

/** An mpint of SSH's wire format, of a number that is not negative, in big-endian bytes. */
export const packMpint = (number: Buffer): Buffer => {
  const start = number.findIndex((byte) => byte !== 0)
  const digits = start < 0 ? Buffer.alloc(0) : number.subarray(start)
  return packString((digits[0] ?? 0) > 0x7f ? Buffer.concat([Buffer.alloc(1), digits]) : digits)
}

/** Reads SSH's wire format value by value. Each read throws a RangeError where the buffer holds too little. */
export const readWire = (buffer: Buffer) => {
  let offset = 0
  const take = (length: number): Buffer => {
    if (length > buffer.length - offset) throw new RangeError('a value runs over the end')
    offset += length
    return buffer.subarray(offset - length, offset)
  }
  const uint32 = () => take(4).readUInt32BE()
  return {
    uint32,
    uint64: () => take(8).readBigUInt64BE(),
    string: () => take(uint32()),
    /** How many bytes were read. */
    get offset() {
      return offset
    },
    /** What was not read yet. */
    rest: () => buffer.subarray(offset),
  }
}

/** The first `count` strings of a buffer in SSH's wire format. @throws RangeError when it holds fewer */
export const unpackStrings = (buffer: Buffer, count: number): Buffer[] => {
  const wire = readWire(buffer)
  return Array.from({ length: count }, wire.string)
}

/** All strings of a buffer that holds nothing else. @throws RangeError when it ends within one */
export const unpackAllStrings = (buffer: Buffer): Buffer[] => {
  const wire = readWire(buffer)
  const strings: Buffer[] = []
  while (wire.rest().length > 0) strings.push(wire.string())
  return strings
}
