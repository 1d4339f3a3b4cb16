import { createPrivateKey, type KeyObject } from 'node:crypto'
import ssh2, { type ParsedKey } from 'ssh2'
import { ed25519Key, formatOpensshKey } from './format-openssh-key.ts'
import { KeyProblem, passphraseProblem } from './key-problem.ts'
import { pkcs8Cost } from './pkcs8-cost.ts'
import { readPpk } from './read-ppk.ts'

/** A key that ssh2 can sign with and its SSH type, or the field that is wrong and a message that is safe to show. */
export type ReadKey = { ok: true; key: ParsedKey; type: string } | { ok: false; field: 'privateKey' | 'passphrase'; message: string }

/** About two seconds of work, which nothing can interrupt. OpenSSL's own: 2,048 iterations, or scrypt with 131,072. */
const maxPkcs8Cost = 4_000_000

/** Reads a private key in OpenSSH's, PEM (PKCS#1, SEC 1, PKCS#8) or PuTTY's format, with its passphrase where it has one. */
export const readPrivateKey = (text: string, passphrase?: string): ReadKey => {
  try {
    const key = parseOpenssh(toOpensshText(`${text.trim()}\n`, passphrase), passphrase)
    return { ok: true, key, type: key.type }
  } catch (error) {
    if (error instanceof KeyProblem) return { ok: false, field: error.field, message: error.message }
    return { ok: false, field: 'privateKey', message: 'The private key could not be read.' }
  }
}

/** The key in a form that ssh2 reads: OpenSSH's as it is, the others converted. */
const toOpensshText = (text: string, passphrase: string | undefined): string => {
  if (text.startsWith('PuTTY-User-Key-File-')) return formatOpensshKey(readPpk(text, passphrase))
  if (isPublicKey(text)) throw new KeyProblem('privateKey', 'This is a public key; the private key is needed.')
  if (text.startsWith('-----BEGIN OPENSSH PRIVATE KEY-----')) return text
  return convertPem(text, passphrase)
}

const isPublicKey = (text: string): boolean => /^(ssh-|ecdsa-sha2-|sk-)\S+ |^-{4,5} ?BEGIN (SSH2 |RSA |EC )?PUBLIC KEY/.test(text)

const convertPem = (text: string, passphrase: string | undefined): string => {
  const key = openPem(text, passphrase)
  if (key.asymmetricKeyType === 'rsa') return key.export({ type: 'pkcs1', format: 'pem' })
  if (key.asymmetricKeyType === 'ec') return key.export({ type: 'sec1', format: 'pem' })
  const { d, x } = key.export({ format: 'jwk' })
  if (key.asymmetricKeyType !== 'ed25519' || !d || !x) throw new KeyProblem('privateKey', 'The type of this private key is not supported.')
  return formatOpensshKey(ed25519Key(Buffer.from(d, 'base64url'), Buffer.from(x, 'base64url')))
}

const openPem = (text: string, passphrase: string | undefined): KeyObject => {
  if (passphrase && text.startsWith('-----BEGIN ENCRYPTED PRIVATE KEY') && pkcs8Cost(text) > maxPkcs8Cost)
    throw new KeyProblem('privateKey', 'This private key takes too much work to open.')
  try {
    return createPrivateKey({ key: text, ...(passphrase ? { passphrase } : {}) })
  } catch (cause) {
    if (/^(-----BEGIN ENCRYPTED PRIVATE KEY|Proc-Type: 4,ENCRYPTED)/m.test(text)) throw passphraseProblem(passphrase, cause)
    throw cause
  }
}

const parseOpenssh = (text: string, passphrase: string | undefined): ParsedKey => {
  const parsed: ParsedKey | ParsedKey[] | Error = ssh2.utils.parseKey(text, passphrase)
  if (parsed instanceof Error) throw /passphrase/.test(parsed.message) ? passphraseProblem(passphrase, parsed) : parsed
  // OpenSSH's format has room for several keys: the library returns a list for it, whatever its types say.
  const [key] = [parsed].flat()
  if (key === undefined || !key.isPrivateKey()) throw new KeyProblem('privateKey', 'The private key could not be read.')
  return key
}
