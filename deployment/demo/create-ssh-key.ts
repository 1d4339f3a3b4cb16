import ssh2, { type ParsedKey } from 'ssh2'

/**
 * A new ed25519 private key, in OpenSSH's format and parsed. ssh2 1.17 loses the leading zero byte of one public key in 256 and
 * cannot read what it wrote then, so such a key is made again.
 */
export const createSshKey = (): { privateKey: string; parsed: ParsedKey } => {
  const privateKey = ssh2.utils.generateKeyPairSync('ed25519').private
  const parsed = ssh2.utils.parseKey(privateKey)
  return parsed instanceof Error ? createSshKey() : { privateKey, parsed: Array.isArray(parsed) ? parsed[0]! : parsed }
}
