import type { Issue } from '../errors.ts'
import type { DatabaseTls } from '../reach/reach-target.ts'
import type { NewConnection } from './connection-schema.ts'

/** The certificates and the key of a connection to a database, as PEM. */
export type TlsMaterial = Omit<DatabaseTls, 'mode'>

export type PrivateKeyDeps = {
  /** Reads a private key, and its certificate where it has one; returns what is wrong: `path` is `privateKey`, `passphrase` or `certificate`. */
  checkPrivateKey: (privateKey: string, passphrase: string | undefined, certificate: string | undefined) => Promise<Issue | null>
  /** Reads certificates and a key; returns what is wrong with them, if anything: `path` is `tlsCa`, `tlsCertificate` or `tlsKey`. */
  checkTls: (tls: TlsMaterial) => Issue | null
}

/** What is wrong with a new connection's keys and certificates, which its schema cannot see. */
export const privateKeyIssue = async (deps: PrivateKeyDeps, { ssh, db }: Pick<NewConnection, 'ssh' | 'db'>): Promise<Issue | null> => {
  const tls = deps.checkTls({ ca: db.tlsCa, certificate: db.tlsCertificate, key: db.tlsKey })
  if (tls) return { path: `db.${tls.path}`, message: tls.message }
  const logins = [ssh, ...ssh.jumps]
  for (const [index, { privateKey, passphrase, certificate }] of logins.entries()) {
    const issue = privateKey === undefined ? null : await deps.checkPrivateKey(privateKey, passphrase, certificate)
    if (issue) return { path: `${index === 0 ? 'ssh' : `ssh.jumps.${index - 1}`}.${issue.path}`, message: issue.message }
  }
  return null
}
