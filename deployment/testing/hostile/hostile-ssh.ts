import type { Socket } from 'node:net'
import ssh2, { type Connection, type ServerChannel } from 'ssh2'
import { createSshKey } from '../../demo/create-ssh-key.ts'
import { pour } from './pour.ts'
import { groupOf, kexInit } from './ssh-bytes.ts'

/** The host key of all of them. */
export const hostileKey = createSshKey()
const ident = 'SSH-2.0-hostile\r\n'

/** What ssh2 keeps to itself of a connection. */
type Protocol = {
  ping(): void
  channelOpenConfirm(remote: number, local: number, window: number, packetSize: number): void
  _packetRW: { write: { allocStart: number; alloc(length: number): Buffer; finalize(packet: Buffer): Buffer } }
  _cipher: { encrypt(packet: Buffer): void }
}
const protocolOf = (client: Connection) => (client as unknown as { _protocol: Protocol })._protocol

/** Lets anybody sign in, and then does as `behave` says. */
const afterSignIn =
  (behave: (client: Connection, socket: Socket) => void) =>
  (socket: Socket): void => {
    const server = new ssh2.Server({ hostKeys: [hostileKey.privateKey] }, (client) => {
      client.on('error', () => socket.destroy())
      client.on('authentication', (context) => context.accept())
      client.on('ready', () => behave(client, socket))
    })
    server.injectSocket(socket)
  }

const inTunnel = (behave: (channel: ServerChannel) => void) =>
  afterSignIn((client) => {
    client.on('tcpip', (accept) => {
      const channel = accept()
      channel.on('error', () => {})
      behave(channel)
    })
  })

const messagesAtOnce = 20

/** Lets anybody sign in, and sends messages that mean nothing. */
export const talksNonsense = (next: () => Buffer) =>
  afterSignIn((client, socket) => {
    const { _packetRW, _cipher } = protocolOf(client)
    for (let count = 0; count < messagesAtOnce && !socket.destroyed; count++) {
      const message = next()
      const { allocStart } = _packetRW.write
      const packet = _packetRW.write.alloc(message.length)
      packet.set(message, allocStart)
      _cipher.encrypt(_packetRW.write.finalize(packet))
    }
  })

/** What a hostile SSH server does with a connection. */
export const hostileSsh = {
  'SSH: silent': () => {},
  'SSH: silent after its name': (socket) => socket.write(ident),
  'SSH: silent after the sign-in': afterSignIn((client) => client.on('tcpip', () => {})),
  'SSH: silent in the tunnel': inTunnel(() => {}),
  'SSH: not SSH': (socket) => socket.end('220 inner-host ESMTP\r\n'),
  'SSH: a greeting without end': (socket) => pour(socket, () => Buffer.from(`${'welcome '.repeat(500)}\r\n`)),
  'SSH: a greeting byte by byte': (socket) => {
    const timer = setInterval(() => socket.write('.'), 20)
    socket.on('close', () => clearInterval(timer))
  },
  'SSH: only groups of its own, of 10,000 bits': (socket) =>
    socket.write(Buffer.concat([Buffer.from(ident), kexInit('diffie-hellman-group-exchange-sha256'), groupOf(10_000)])),
  'SSH: a group that nobody asked for': (socket) =>
    socket.write(Buffer.concat([Buffer.from(ident), kexInit('curve25519-sha256'), groupOf(10_000)])),
  'SSH: offers of key exchanges without end': (socket) => {
    socket.write(ident)
    pour(socket, () => kexInit('curve25519-sha256'))
  },
  'SSH: new keys again and again': afterSignIn((client) => {
    client.on('tcpip', () => {})
    client.on('rekey', () => client.rekey())
    client.rekey()
  }),
  'SSH: asks and does not read': afterSignIn((client, socket) => {
    socket.pause()
    const ask = () => {
      for (let count = 0; count < 2_000 && !socket.destroyed; count++) protocolOf(client).ping()
      if (!socket.destroyed) setImmediate(ask)
    }
    ask()
  }),
  'SSH: takes no packets in its tunnel': afterSignIn((client) => {
    const protocol = protocolOf(client)
    const confirm = protocol.channelOpenConfirm.bind(protocol)
    protocol.channelOpenConfirm = (remote, local, window) => confirm(remote, local, window, 0)
    client.on('tcpip', (accept) => accept())
  }),
  'SSH: pours into its tunnel': inTunnel((channel) => {
    const more = () => {
      while (channel.write(Buffer.alloc(16_384, 7)));
    }
    channel.on('drain', more)
    more()
  }),
} satisfies Record<string, (socket: Socket) => void>
