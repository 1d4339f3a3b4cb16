import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { programPath } from './real-part.ts'

type KeyType = 'ed25519' | 'ecdsa' | 'rsa'

/** A throwaway authority of SSH certificates, made with ssh-keygen. */
export type SshAuthority = {
  /** Its public key as a line, and the file that holds it. */
  publicKey: string
  publicKeyPath: string
  /** A new private key, without a passphrase, and its certificate; `options` are those of `ssh-keygen -s`. */
  issue(options: readonly string[], keyType?: KeyType): { privateKey: string; certificate: string }
  /** Writes a certificate beside a public key. */
  certify(publicKeyPath: string, options: readonly string[]): void
  remove(): void
}

export const createSshAuthority = (type: KeyType = 'ed25519'): SshAuthority => {
  const folder = mkdtempSync(join(tmpdir(), 'authority-'))
  const run = (...args: string[]) => execFileSync(programPath('ssh-keygen'), ['-q', ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const makeKey = (name: string, keyType: KeyType) => run('-t', keyType, '-N', '', '-C', '', '-f', join(folder, name))
  makeKey('authority', type)
  const certify = (publicKeyPath: string, options: readonly string[]) =>
    void run('-s', join(folder, 'authority'), '-I', 'under test', ...options, publicKeyPath)
  let issued = 0
  return {
    publicKey: readFileSync(join(folder, 'authority.pub'), 'utf8').trim(),
    publicKeyPath: join(folder, 'authority.pub'),
    issue: (options, keyType = 'ed25519') => {
      const name = `key${++issued}`
      makeKey(name, keyType)
      certify(join(folder, `${name}.pub`), options)
      return {
        privateKey: readFileSync(join(folder, name), 'utf8'),
        certificate: readFileSync(join(folder, `${name}-cert.pub`), 'utf8').trim(),
      }
    },
    certify,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
