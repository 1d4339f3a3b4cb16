import ssh2, { type ParsedKey } from 'ssh2'

/** `rounds`: how slow the passphrase's key derivation is, as in `ssh-keygen -a`. */
type Encryption = { passphrase: string; cipher: string; rounds: number }

export type SshKey = { privateKey: string; parsed: ParsedKey }

/**
 * A new ed25519 private key, in OpenSSH's format and parsed. ssh2 1.17 loses the leading zero byte of one public key in 256 and
 * cannot read what it wrote then, so such a key is made again.
 */
export const createSshKey = (encryption?: Encryption): SshKey => {
  const privateKey = ssh2.utils.generateKeyPairSync('ed25519', encryption).private
  const parsed = ssh2.utils.parseKey(privateKey, encryption?.passphrase)
  return parsed instanceof Error ? createSshKey(encryption) : { privateKey, parsed: Array.isArray(parsed) ? parsed[0]! : parsed }
}
