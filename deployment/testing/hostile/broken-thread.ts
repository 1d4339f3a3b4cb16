import { Socket } from 'node:net'

/**
 * A thread that reaches partners, with a hole: whoever greets it with one of these words makes it do that. No library that it uses is
 * known to have such a hole; should one have it, it is like this one.
 */
const holes: Readonly<Record<string, () => void>> = {
  burn: () => {
    for (;;);
  },
  throw: () => {
    setTimeout(() => {
      throw new RangeError('out of range')
    }, 100)
  },
  reject: () => {
    void Promise.reject(new Error('nobody catches this'))
  },
  fill: () => {
    const all: unknown[] = []
    for (;;) all.push(new Array(100_000).fill(all.length))
  },
  exit: () => process.exit(),
}

const emit = Socket.prototype.emit as (event: string | symbol, ...args: unknown[]) => boolean
Socket.prototype.emit = function (this: Socket, event: string | symbol, ...args: unknown[]) {
  if (event === 'data') for (const [word, fall] of Object.entries(holes)) if (String(args[0]).includes(`hole-${word}`)) fall()
  return emit.call(this, event, ...args)
}
await import('../../../shared/node/reach/reach-worker.ts')
