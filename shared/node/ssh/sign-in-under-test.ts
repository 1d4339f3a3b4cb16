import { connect } from 'node:net'
import type { SshServer } from '../../reach/reach-target.ts'
import { whenConnected } from '../reach/open-socket.ts'
import { openPrivateKey } from './open-private-key.ts'
import { startSsh } from './start-ssh.ts'

/** Signs in to a server on loopback that may have any key, but for what `login` says. @throws ReachFailure */
export const signIn = async ({ port, ...login }: Omit<SshServer, 'host' | 'hostKey'> & Partial<SshServer>): Promise<void> => {
  const socket = connect({ host: '127.0.0.1', port }).on('error', () => {})
  try {
    await whenConnected(socket)
    const server = { host: '127.0.0.1', port, hostKey: { trustOnFirstUse: true } as const, ...login }
    await startSsh(socket, server, { openKey: openPrivateKey, onHostKey: () => {}, giveUp: () => socket.destroy() }).authenticated
  } finally {
    socket.destroy()
  }
}

/** The message of a sign-in that fails. */
export const refusal = async (login: Parameters<typeof signIn>[0]): Promise<string> => {
  const error = await signIn(login).then(
    () => new Error('it signed in'),
    (thrown: Error) => thrown,
  )
  return error.message
}
