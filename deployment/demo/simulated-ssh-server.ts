import { createHash, timingSafeEqual } from 'node:crypto'
import { connect, createServer, type Socket } from 'node:net'
import ssh2, { type AuthContext, type ParsedKey } from 'ssh2'
import { createSshKey, type SshKey } from './create-ssh-key.ts'
import { createLoopbackListener } from './loopback-listener.ts'

type SshServerOptions = {
  username: string
  password: string
  userKey: ParsedKey
  /** The only loopback port that a tunnel may reach. */
  targetPort: number
  /** The first host key; a new one unless it is given. */
  hostKey?: SshKey | undefined
}

type SimulatedSshServer = {
  port: number
  /** The SHA-256 fingerprint of the current host key, as OpenSSH writes it. */
  hostKeySha256(): string
  /** Takes a new host key and cuts the connections made under the old one. */
  changeHostKey(): void
  goDown(): Promise<void>
  /** Listens again on the same port with the same key. */
  comeBack(): Promise<void>
}

const loopbackNames = ['127.0.0.1', 'localhost', '::1']

const sameSecret = (given: string, expected: string): boolean => {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}

const isAllowed = (context: AuthContext, options: SshServerOptions): boolean => {
  if (context.username !== options.username) return false
  if (context.method === 'password') return sameSecret(context.password, options.password)
  if (context.method !== 'publickey' || !context.key.data.equals(options.userKey.getPublicSSH())) return false
  return !context.signature || !context.blob || options.userKey.verify(context.blob, context.signature, context.hashAlgo) === true
}

const createHostKey = (options: SshServerOptions, { privateKey, parsed }: SshKey = createSshKey()) => {
  const server = new ssh2.Server({ hostKeys: [privateKey] }, (client) => {
    client.on('error', () => client.end())
    client.on('authentication', (context) => {
      if (isAllowed(context, options)) context.accept()
      else context.reject(['password', 'publickey'])
    })
    client.on('tcpip', (accept, reject, { destIP, destPort }) => {
      if (destPort !== options.targetPort || !loopbackNames.includes(destIP)) return reject()
      const target = connect({ port: options.targetPort, host: '127.0.0.1', noDelay: true })
      target.once('error', reject)
      target.once('connect', () => {
        target.off('error', reject)
        const channel = accept()
        target.on('error', () => channel.destroy())
        channel.on('error', () => target.destroy())
        channel.on('close', () => target.destroy())
        channel.pipe(target).pipe(channel)
      })
    })
  })
  return {
    serve: (socket: Socket) => server.injectSocket(socket),
    sha256: `SHA256:${createHash('sha256').update(parsed.getPublicSSH()).digest('base64').replace(/=+$/, '')}`,
  }
}

/** An SSH server on loopback that lets one user open tunnels to one port, and nothing else. */
export const startSimulatedSshServer = async (options: SshServerOptions): Promise<SimulatedSshServer> => {
  let hostKey = createHostKey(options, options.hostKey)
  const listener = createLoopbackListener(createServer((socket) => hostKey.serve(socket)))
  const port = await listener.listen(0)
  return {
    port,
    hostKeySha256: () => hostKey.sha256,
    changeHostKey: () => {
      hostKey = createHostKey(options)
      listener.cut()
    },
    goDown: listener.close,
    comeBack: async () => {
      await listener.listen(port)
    },
  }
}
