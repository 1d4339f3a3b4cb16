import { createPrivateKey, type KeyObject } from 'node:crypto'
import ssh2, { type ParsedKey } from 'ssh2'
import { checkPkcs8Work } from './check-pkcs8-work.ts'
import { ed25519Key, formatOpensshKey } from './format-openssh-key.ts'
import { KeyProblem, passphraseProblem } from './key-problem.ts'
import { keyLimits, limitClaim } from './key-work.ts'
import { readOpensshKey } from './read-openssh-key.ts'
import { readPpk } from './read-ppk.ts'

/** A key that ssh2 can sign with and its SSH type, or the field that is wrong and a message that is safe to show. */
export type ReadKey = { ok: true; key: ParsedKey; type: string } | { ok: false; field: 'privateKey' | 'passphrase'; message: string }

/** Longer than any key of `keyLimits`. */
const maxLength = 32_000

/**
 * Reads a private key in OpenSSH's, PEM (PKCS#1, SEC 1, PKCS#8) or PuTTY's format, with its passphrase where it has one. An encrypted one
 * takes up to about a second of work, within `keyLimits`.
 */
export const readPrivateKey = (text: string, passphrase?: string): ReadKey => {
  try {
    if (text.length > maxLength) throw new KeyProblem('privateKey', 'This private key is too long.')
    const key = parseOpenssh(toOpensshText(normalLines(text), passphrase), passphrase)
    return { ok: true, key, type: key.type }
  } catch (error) {
    if (error instanceof KeyProblem) return { ok: false, field: error.field, message: error.message }
    return { ok: false, field: 'privateKey', message: 'The private key could not be read.' }
  }
}

/** The text without what mail and editors add: a byte order mark, other line ends, indents and trailing spaces. A PuTTY key's MAC covers its comment. */
const normalLines = (text: string): string =>
  text
    .trim()
    .split(/\r\n|[\r\n]/)
    .map((line) => (line.trimStart().startsWith('Comment: ') ? line.trimStart() : line.trim()))
    .concat('')
    .join('\n')

/** The key in a form that ssh2 reads: OpenSSH's as it is, the others converted. */
const toOpensshText = (text: string, passphrase: string | undefined): string => {
  if (text.startsWith('PuTTY-User-Key-File-')) return formatOpensshKey(readPpk(text, passphrase))
  if (isPublicKey(text)) throw new KeyProblem('privateKey', 'This is a public key; the private key is needed.')
  const openssh = pemBlock(text, 'OPENSSH ')
  return openssh ? readOpensshKey(openssh.body, passphrase) : convertPem(text, passphrase)
}

const isPublicKey = (text: string): boolean => /^(ssh-|ecdsa-sha2-|sk-)\S+ |^-{4,5} ?BEGIN (SSH2 |RSA |EC )?PUBLIC KEY/.test(text)

type PemBlock = { kind: string; body: string }

/** The first private key in PEM that a text holds, and nothing around it: what is examined is then what is opened. */
const pemBlock = (text: string, kinds: string): PemBlock | null => {
  const [, kind, body] = new RegExp(`-----BEGIN (${kinds})PRIVATE KEY-----\\s([^]*?)\\s-----END \\1PRIVATE KEY-----`).exec(text) ?? []
  return kind === undefined || body === undefined ? null : { kind, body }
}

const pemText = (kind: string, body: string): string => `-----BEGIN ${kind}PRIVATE KEY-----\n${body}\n-----END ${kind}PRIVATE KEY-----\n`

const convertPem = (text: string, passphrase: string | undefined): string => {
  const block = pemBlock(text, 'ENCRYPTED |RSA |EC |')
  if (!block) throw new KeyProblem('privateKey', 'The private key could not be read.')
  const key = openPem(block, passphrase)
  if (key.asymmetricKeyType === 'rsa') return key.export({ type: 'pkcs1', format: 'pem' })
  if (key.asymmetricKeyType === 'ec') return key.export({ type: 'sec1', format: 'pem' })
  const { d, x } = key.export({ format: 'jwk' })
  if (key.asymmetricKeyType !== 'ed25519' || !d || !x) throw new KeyProblem('privateKey', 'The type of this private key is not supported.')
  return formatOpensshKey(ed25519Key(Buffer.from(d, 'base64url'), Buffer.from(x, 'base64url')))
}

const openPem = ({ kind, body }: PemBlock, passphrase: string | undefined): KeyObject => {
  const secret = passphrase ? { passphrase } : {}
  const isPkcs8 = kind === 'ENCRYPTED '
  const der = isPkcs8 ? Buffer.from(body, 'base64') : null
  if (der) checkPkcs8Work(der)
  try {
    if (der) return createPrivateKey({ key: der, format: 'der', type: 'pkcs8', ...secret })
    return createPrivateKey({ key: pemText(kind, body), ...secret })
  } catch (cause) {
    if (isPkcs8 || /^Proc-Type: 4,ENCRYPTED/m.test(body)) throw passphraseProblem(passphrase, cause)
    throw cause
  }
}

const parseOpenssh = (text: string, passphrase: string | undefined): ParsedKey => {
  const parsed: ParsedKey | ParsedKey[] | Error = ssh2.utils.parseKey(text, passphrase)
  // AES-GCM's tag does not match.
  if (parsed instanceof Error) throw /passphrase|authenticate data/.test(parsed.message) ? passphraseProblem(passphrase, parsed) : parsed
  // OpenSSH's format has room for several keys: the library returns a list for it, whatever its types say.
  const [key] = [parsed].flat()
  if (key === undefined || !key.isPrivateKey()) throw new KeyProblem('privateKey', 'The private key could not be read.')
  if (key.type === 'ssh-rsa') checkRsaSize(key)
  return key
}

/** The two primes of a file may be far larger than their product claims to be. */
const checkRsaSize = (key: ParsedKey): void => {
  const { kty: _, ...numbers } = createPrivateKey(key.getPrivatePEM()).export({ format: 'jwk' })
  const bytes = Math.max(...Object.values(numbers).map((number) => Buffer.from(String(number), 'base64url').length))
  limitClaim('the length of its numbers in bits', bytes * 8, keyLimits.rsaBytes * 8)
}
