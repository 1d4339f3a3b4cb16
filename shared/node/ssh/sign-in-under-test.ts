import { connect } from 'node:net'
import type { SshServer } from '../../reach/reach-target.ts'
import { whenConnected } from '../reach/open-socket.ts'
import { openPrivateKey } from './open-private-key.ts'
import { type SshSession, startSsh } from './start-ssh.ts'

type Login = Omit<SshServer, 'host' | 'hostKey'> & Partial<SshServer>

/** Signs in to a server on loopback that may have any key, but for what `login` says, and works with it. @throws ReachFailure */
export const signIn = async ({ port, ...login }: Login, work = async (_ssh: SshSession) => {}): Promise<void> => {
  const socket = connect({ host: '127.0.0.1', port }).on('error', () => {})
  try {
    await whenConnected(socket)
    const server = { host: '127.0.0.1', port, hostKey: { trustOnFirstUse: true } as const, ...login }
    const ssh = startSsh(socket, server, { openKey: openPrivateKey, onHostKey: () => {}, giveUp: () => socket.destroy() })
    await ssh.authenticated
    await work(ssh)
  } finally {
    socket.destroy()
  }
}

/** The message of a sign-in that fails. */
export const refusal = async (login: Login): Promise<string> => {
  const error = await signIn(login).then(
    () => new Error('it signed in'),
    (thrown: Error) => thrown,
  )
  return error.message
}
