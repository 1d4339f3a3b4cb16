import { watchLoop } from '../testing/hostile/watch-loop.ts'

/** Loaded into the product before its own code: watches its event loop from one message of the benchmark to the next. */
let stop: ReturnType<typeof watchLoop> | null = null
process.on('message', () => {
  if (stop) process.send?.(stop())
  stop = stop ? null : watchLoop()
})
process.channel?.unref()
