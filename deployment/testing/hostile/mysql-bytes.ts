/** A packet of MySQL: the length of its body in three bytes, its number, its body. */
export const mysqlPacket = (sequence: number, ...parts: (Buffer | number[] | string)[]): Buffer => {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part as Buffer)))
  const header = Buffer.alloc(4)
  header.writeUIntLE(body.length, 0, 3)
  header[3] = sequence % 256
  return Buffer.concat([header, body])
}

export const okPacket = (sequence: number): Buffer => mysqlPacket(sequence, [0, 0, 0, 2, 0, 0, 0])

const eofPacket = (sequence: number): Buffer => mysqlPacket(sequence, [0xfe, 0, 0, 2, 0])

/** The first packet of a server (Protocol::HandshakeV10), offering every capability but compression, and TLS where it is asked for. */
export const greeting = (version = '8.0.36', plugin = 'mysql_native_password', offersTls = false): Buffer =>
  mysqlPacket(
    0,
    [10],
    `${version}\0`,
    [1, 0, 0, 0],
    '12345678',
    [0, 0xff, offersTls ? 0xff : 0xf7, 45, 2, 0, 0xff, 0x81, 21],
    Buffer.alloc(10),
    '123456789012\0',
    `${plugin}\0`,
  )

const column = (sequence: number): Buffer => mysqlPacket(sequence, '\x03def\0\0\0\x01n\0', [0x0c, 45, 0, 1, 0, 0, 0, 253, 0, 0, 0, 0, 0])

/** An answer with one row of two columns, to what asks a server for its version. */
export const versionAnswer = (version: string, comment = ''): Buffer => {
  const text = (value: string) => String.fromCharCode(value.length) + value
  const named = (sequence: number, name: string) =>
    mysqlPacket(sequence, '\x03def\0\0\0', text(name), '\0', [0x0c, 45, 0, 1, 0, 0, 0, 253, 0, 0, 0, 0, 0])
  const row = mysqlPacket(5, text(version), text(comment))
  return Buffer.concat([mysqlPacket(1, [2]), named(2, 'version'), named(3, 'comment'), eofPacket(4), row, eofPacket(6)])
}

/** What comes before the rows of an answer with one column, `n`; the first row has number 4. */
export const rowsBegin = (): Buffer => Buffer.concat([mysqlPacket(1, [1]), column(2), eofPacket(3)])

/** A row whose only column is 1. */
export const row = (sequence: number): Buffer => mysqlPacket(sequence, [1, 0x31])

/** An answer of this many rows. */
export const rowsAnswer = (count: number): Buffer =>
  Buffer.concat([rowsBegin(), ...Array.from({ length: count }, (_, index) => row(index + 4)), eofPacket(count + 4)])
