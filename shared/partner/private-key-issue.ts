import type { Issue } from '../errors.ts'
import type { NewConnection } from './connection-schema.ts'

export type PrivateKeyDeps = {
  /** Reads a private key; returns what is wrong with it, if anything: `path` is `privateKey` or `passphrase`. */
  checkPrivateKey: (privateKey: string, passphrase: string | undefined) => Promise<Issue | null>
}

/** What is wrong with a new connection's private key or passphrase, which its schema cannot see. */
export const privateKeyIssue = async (deps: PrivateKeyDeps, { ssh }: Pick<NewConnection, 'ssh'>): Promise<Issue | null> => {
  const logins = [ssh, ...ssh.jumps]
  for (const [index, { privateKey, passphrase }] of logins.entries()) {
    const issue = privateKey === undefined ? null : await deps.checkPrivateKey(privateKey, passphrase)
    if (issue) return { path: `${index === 0 ? 'ssh' : `ssh.jumps.${index - 1}`}.${issue.path}`, message: issue.message }
  }
  return null
}
