import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** A port on loopback in front of the embedded engine's socket, until it falls silent without closing anything. */
export const startDatabaseRelay = async (socketPath: string) => {
  const sockets = new Set<Socket>()
  let silent = false
  let open = 0
  let most = 0
  const server = createServer((near) => {
    open += 1
    most = Math.max(most, open)
    near.on('close', () => {
      open -= 1
    })
    const far = connect(socketPath)
    for (const socket of [near, far]) sockets.add(socket.on('error', () => {}))
    near.on('data', (chunk) => silent || far.write(chunk))
    far.on('data', (chunk) => silent || near.write(chunk))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  return {
    url: `mongodb://127.0.0.1:${port}/?directConnection=true`,
    /** How many connections there were at once, at most. */
    mostConnections: () => most,
    fallSilent: () => {
      silent = true
    },
    stop: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

export type DatabaseRelay = Awaited<ReturnType<typeof startDatabaseRelay>>
