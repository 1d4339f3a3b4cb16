import type { NewConnection } from './connection-schema.ts'
import type { Issue } from './errors.ts'

export type KeyCheckDeps = {
  /** Reads a private key; returns what is wrong with it, if anything: `path` is `privateKey` or `passphrase`. */
  checkPrivateKey: (privateKey: string, passphrase: string | undefined) => Issue | null
}

/** What is wrong with a new connection's private key or passphrase, which its schema cannot see. */
export const keyIssue = (deps: KeyCheckDeps, { ssh }: Pick<NewConnection, 'ssh'>): Issue | null => {
  const issue = ssh.privateKey === undefined ? null : deps.checkPrivateKey(ssh.privateKey, ssh.passphrase)
  return issue && { path: `ssh.${issue.path}`, message: issue.message }
}
