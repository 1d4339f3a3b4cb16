/// <reference path="./bcrypt-pbkdf.d.ts" />
import { pbkdf } from 'bcrypt-pbkdf'
import { opensshKeyFile } from './format-openssh-key.ts'
import { KeyProblem, passphraseProblem } from './key-problem.ts'
import { keyLimits, limitClaim } from './key-work.ts'
import { openChacha20Key } from './open-chacha20-key.ts'
import { readWire, unpackStrings } from './ssh-wire.ts'

const magic = 'openssh-key-v1\0'
const chacha20 = 'chacha20-poly1305@openssh.com'
const chacha20KeyBytes = 64

/**
 * The same file, once its rounds of bcrypt are known to be few, and in the clear where its cipher is one that ssh2 does not open
 * (PROTOCOL.key in OpenSSH's sources). @throws KeyProblem
 */
export const readOpensshKey = (base64: string, passphrase: string | undefined): string => {
  const bytes = Buffer.from(base64, 'base64')
  if (bytes.toString('latin1', 0, magic.length) !== magic) throw new KeyProblem('privateKey', 'The private key could not be read.')
  const wire = readWire(bytes.subarray(magic.length))
  const [cipher, derivation, options] = [wire.string().toString(), wire.string().toString(), wire.string()]
  const count = wire.uint32()
  const publicBlob = wire.string()
  refuseSecurityKey(publicBlob)
  const salted = derivation === 'bcrypt' ? saltOf(options) : null
  if (cipher !== chacha20 || !salted || count !== 1) return opensshKeyFile(bytes)
  if (!passphrase) throw passphraseProblem(passphrase)
  const key = deriveKey(passphrase, salted)
  const secret = openChacha20Key(key, wire.string(), wire.rest())
  if (!secret) throw passphraseProblem(passphrase)
  return opensshKeyFile({ publicBlob, secret })
}

/** A key of which the device holds the secret half. */
const refuseSecurityKey = (publicBlob: Buffer): void => {
  const type = unpackStrings(publicBlob, 1).join('')
  if (!type.startsWith('sk-')) return
  const message = `This private key (${type.split('@')[0]}) works only with its FIDO security key, which is not here: use a key of another type.`
  throw new KeyProblem('privateKey', message)
}

type Salted = { salt: Buffer; rounds: number }

const saltOf = (options: Buffer): Salted => {
  const wire = readWire(options)
  return { salt: wire.string(), rounds: limitClaim('its number of rounds', wire.uint32(), keyLimits.bcryptRounds) }
}

const deriveKey = (passphrase: string, { salt, rounds }: Salted): Buffer => {
  const [secret, key] = [Buffer.from(passphrase), Buffer.alloc(chacha20KeyBytes)]
  if (pbkdf(secret, secret.length, salt, salt.length, key, key.length, rounds) !== 0)
    throw new KeyProblem('privateKey', 'The private key could not be read.')
  return key
}
