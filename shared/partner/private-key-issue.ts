import type { Issue } from '../errors.ts'
import type { NewConnection } from './connection-schema.ts'

export type PrivateKeyDeps = {
  /** Reads a private key, and its certificate where it has one; returns what is wrong: `path` is `privateKey`, `passphrase` or `certificate`. */
  checkPrivateKey: (privateKey: string, passphrase: string | undefined, certificate: string | undefined) => Promise<Issue | null>
}

/** What is wrong with a new connection's private key or passphrase, which its schema cannot see. */
export const privateKeyIssue = async (deps: PrivateKeyDeps, { ssh }: Pick<NewConnection, 'ssh'>): Promise<Issue | null> => {
  const logins = [ssh, ...ssh.jumps]
  for (const [index, { privateKey, passphrase, certificate }] of logins.entries()) {
    const issue = privateKey === undefined ? null : await deps.checkPrivateKey(privateKey, passphrase, certificate)
    if (issue) return { path: `${index === 0 ? 'ssh' : `ssh.jumps.${index - 1}`}.${issue.path}`, message: issue.message }
  }
  return null
}
