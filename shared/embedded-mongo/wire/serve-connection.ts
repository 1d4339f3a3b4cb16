import type { Socket } from 'node:net'
import type { EngineLog } from '../engine.ts'
import { encodeReply } from './encode-reply.ts'
import { createMessageReader } from './message-reader.ts'
import { parseRequest, type Request } from './parse-request.ts'

/**
 * Answers the requests on one connection, in order, and stops reading while the client does not take the answers.
 * Bytes that are no message close this connection; nothing that a client sends reaches the process as an exception.
 */
export const serveConnection = (socket: Socket, run: (request: Request) => Uint8Array, log: EngineLog): void => {
  const read = createMessageReader()
  let replies = 0
  socket.on('error', () => socket.destroy())
  socket.on('drain', () => socket.resume())
  socket.on('data', (chunk: Buffer) => {
    try {
      for (const message of read(chunk)) {
        const request = parseRequest(message)
        const body = run(request)
        if (request.wantsReply && !socket.write(encodeReply(request, body, ++replies))) socket.pause()
      }
    } catch (error) {
      log.warn({ err: error }, 'embedded mongo: a connection was closed because of what it sent')
      socket.destroy()
    }
  })
}
