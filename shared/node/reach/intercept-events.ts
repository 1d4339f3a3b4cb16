import type { Duplex } from 'node:stream'

type Around = (event: string | symbol, args: readonly unknown[], deliver: () => boolean) => boolean

/**
 * Lets `around` decide on each event of a stream before its listeners hear it: `deliver` tells them, and throws what a listener throws.
 * The only place where a library's own listeners can be watched, as they are called by the stream itself.
 */
export const interceptEvents = (stream: Duplex, around: Around): void => {
  const emit = stream.emit.bind(stream) as (event: string | symbol, ...args: unknown[]) => boolean
  stream.emit = (event: string | symbol, ...args: unknown[]) => around(event, args, () => emit(event, ...args))
}
