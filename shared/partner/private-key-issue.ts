import type { Issue } from '../errors.ts'
import type { NewConnection } from './connection-schema.ts'

export type PrivateKeyDeps = {
  /** Reads a private key; returns what is wrong with it, if anything: `path` is `privateKey` or `passphrase`. */
  checkPrivateKey: (privateKey: string, passphrase: string | undefined) => Promise<Issue | null>
}

/** What is wrong with a new connection's private key or passphrase, which its schema cannot see. */
export const privateKeyIssue = async (deps: PrivateKeyDeps, { ssh }: Pick<NewConnection, 'ssh'>): Promise<Issue | null> => {
  const issue = ssh.privateKey === undefined ? null : await deps.checkPrivateKey(ssh.privateKey, ssh.passphrase)
  return issue && { path: `ssh.${issue.path}`, message: issue.message }
}
