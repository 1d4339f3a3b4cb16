import type { Client, ParsedKey } from 'ssh2'

type NameList = { array: readonly string[] }
type Direction = 'cipher' | 'mac' | 'compress' | 'lang'
type Lists = { kex: NameList; serverHostKey: NameList; cs: Record<Direction, NameList>; sc: Record<Direction, NameList> }
type OfferedNames = {
  kex: readonly string[]
  serverHostKey: readonly string[]
  cs: Record<Direction, readonly string[]>
  sc: Record<Direction, readonly string[]>
}
type Sign = (request: Buffer, send: (signature: Buffer) => void) => void

/** One key exchange. It reads `_hostKey` for the hash that the server signs, and then for the key that it verifies with. */
export type KeyExchange = {
  negotiated: { serverHostKey: string }
  _hostKey: Buffer | undefined
  parse(payload: Buffer): void
}

/**
 * What this service uses of ssh2 1.17 that the library keeps to itself, because it knows neither certificates nor a dialog that is given up.
 * The tests of certificates and of keyboard-interactive sign-ins fail when it changes, and so does each such connection, before the sign-in.
 */
export type LibraryProtocol = {
  _offer: { lists: Lists; constructor: new (names: OfferedNames) => LibraryProtocol['_offer'] }
  _kex: KeyExchange | undefined
  /** The sign-in requests that wait for an answer. */
  _authsQueue: string[]
  _packetRW: { write: { allocStart: number; alloc(bytes: number): Buffer; finalize(packet: Buffer): Buffer } }
  _cipher: { encrypt(packet: Buffer): void }
  authPK(username: string, key: ParsedKey, algorithm: string | undefined, sign?: Sign): void
}

/** The protocol of a client that was told to connect. */
export const protocolOf = (client: Client): LibraryProtocol => (client as unknown as { _protocol: LibraryProtocol })._protocol
