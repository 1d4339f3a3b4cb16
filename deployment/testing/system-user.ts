import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { programPath } from './real-part.ts'

/** A user of this machine, who signs in by PAM. */
export type SystemUser = { username: string; password: string; remove(): void }

/** True where users can be made. */
export const canMakeUsers = (): boolean => process.getuid?.() === 0

export const createSystemUser = (): SystemUser => {
  const username = `jobtalk-${randomBytes(4).toString('hex')}`
  const password = randomBytes(12).toString('base64url')
  execFileSync(programPath('useradd'), ['--no-create-home', '--home-dir', '/nonexistent', '--shell', '/bin/sh', username])
  execFileSync(programPath('chpasswd'), { input: `${username}:${password}\n` })
  return { username, password, remove: () => void execFileSync(programPath('userdel'), [username], { stdio: 'ignore' }) }
}
