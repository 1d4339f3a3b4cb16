import { packString, packUint32 } from './ssh-wire.ts'

/** An unencrypted private key: its public half in SSH's wire format, and the fields of its private half, each in that format too. */
export type PlainKey = { publicBlob: Buffer; privateFields: readonly Buffer[] }

const blockSize = 8
const lineLength = 70

/** A private key as a file in OpenSSH's format, without encryption (PROTOCOL.key in OpenSSH's sources). */
export const formatOpensshKey = ({ publicBlob, privateFields }: PlainKey): string => {
  const check = packUint32(0)
  const secret = Buffer.concat([check, check, ...privateFields, packString('')])
  const padding = Uint8Array.from({ length: (blockSize - (secret.length % blockSize)) % blockSize }, (_, index) => index + 1)
  return opensshKeyFile({ publicBlob, secret: Buffer.concat([secret, padding]) })
}

/** A file in OpenSSH's format of these bytes, or of a public half and the section of the private half in the clear, with its padding. */
export const opensshKeyFile = (content: Buffer | { publicBlob: Buffer; secret: Buffer }): string => {
  const body = Buffer.isBuffer(content) ? content : plainBody(content)
  const lines = body.toString('base64').match(new RegExp(`.{1,${lineLength}}`, 'g')) ?? []
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n')
}

const plainBody = ({ publicBlob, secret }: { publicBlob: Buffer; secret: Buffer }): Buffer =>
  Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    packString('none'),
    packString('none'),
    packString(''),
    packUint32(1),
    packString(publicBlob),
    packString(secret),
  ])

/** The halves of an Ed25519 key, from its 32-byte seed and public point (RFC 8709; OpenSSH keeps the seed and the point together). */
export const ed25519Key = (seed: Buffer, point: Buffer): PlainKey => ({
  publicBlob: Buffer.concat([packString('ssh-ed25519'), packString(point)]),
  privateFields: [packString('ssh-ed25519'), packString(point), packString(Buffer.concat([seed, point]))],
})
