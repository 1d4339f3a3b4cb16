import type { Duplex } from 'node:stream'

type Around = (event: string | symbol, args: readonly unknown[], deliver: () => boolean) => boolean

const chains = new WeakMap<Duplex, Around[]>()

/**
 * Lets `around` decide on each event of a stream before its listeners hear it: `deliver` tells them, and throws what a listener throws.
 * The only place where a library's own listeners can be watched, as they are called by the stream itself. Who came first is asked first,
 * and hears last what was thrown.
 */
export const interceptEvents = (stream: Duplex, around: Around): void => {
  const known = chains.get(stream)
  if (known) {
    known.push(around)
    return
  }
  const chain = [around]
  chains.set(stream, chain)
  const emit = stream.emit.bind(stream) as (event: string | symbol, ...args: unknown[]) => boolean
  const run = (event: string | symbol, args: readonly unknown[], index: number): boolean =>
    chain[index]?.(event, args, () => run(event, args, index + 1)) ?? emit(event, ...args)
  stream.emit = (event: string | symbol, ...args: unknown[]) => run(event, args, 0)
}
