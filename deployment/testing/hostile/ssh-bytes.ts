import { randomBytes } from 'node:crypto'
import { packString, packUint32 } from '../../../shared/node/ssh/ssh-wire.ts'

const blockSize = 8
const minPadding = 4

/** A packet of SSH before the first key exchange (RFC 4253, section 6). */
const sshPacket = (payload: Buffer): Buffer => {
  const over = (5 + payload.length + minPadding) % blockSize
  const padding = minPadding + (over === 0 ? 0 : blockSize - over)
  return Buffer.concat([packUint32(1 + payload.length + padding), Buffer.from([padding]), payload, randomBytes(padding)])
}

/** SSH_MSG_KEXINIT of a server with these key exchanges, and common algorithms otherwise (RFC 4253, section 7.1). */
export const kexInit = (keyExchanges: string): Buffer => {
  const ciphers = 'aes128-gcm@openssh.com,aes256-ctr'
  const lists = [keyExchanges, 'ssh-ed25519', ciphers, ciphers, 'hmac-sha2-256', 'hmac-sha2-256', 'none', 'none', '', '']
  return sshPacket(Buffer.concat([Buffer.from([20]), randomBytes(16), ...lists.map(packString), Buffer.alloc(5)]))
}

/** SSH_MSG_KEX_DH_GEX_GROUP: an odd number of that many bits as the prime, and 2 (RFC 4419). */
export const groupOf = (bits: number): Buffer => {
  const prime = Buffer.alloc(bits / 8 + 1, 0xff)
  prime[0] = 0
  return sshPacket(Buffer.concat([Buffer.from([31]), packString(prime), packString(Buffer.from([2]))]))
}
