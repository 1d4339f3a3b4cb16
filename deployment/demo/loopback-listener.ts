import { once } from 'node:events'
import type { AddressInfo, Server, Socket } from 'node:net'

type LoopbackListener = {
  /** Listens on 127.0.0.1 and returns the port; 0 takes a free one. Throws when the port is taken. */
  listen(port: number): Promise<number>
  /** Resets the existing connections. */
  cut(): void
  /** Refuses new connections and resets the existing ones. */
  close(): Promise<void>
}

/** Gives a TCP server the ways of a machine that goes down and comes back. Nagle's algorithm is off on its sockets. */
export const createLoopbackListener = (server: Server): LoopbackListener => {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    socket.setNoDelay(true)
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy()
  }
  return {
    cut,
    listen: async (port) => {
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
      return (server.address() as AddressInfo).port
    },
    close: async () => {
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      cut()
      await closed
    },
  }
}
