import type { Socket } from 'node:net'

/** Sends what `next` makes as fast as it is taken, until the other side ends. */
export const pour = (socket: Socket, next: () => Buffer): void => {
  const more = () => {
    while (!socket.destroyed && socket.write(next()));
  }
  socket.on('drain', more)
  more()
}
