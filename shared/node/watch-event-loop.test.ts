import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { watchEventLoop } from './watch-event-loop.ts'

const blockFor = (ms: number) => {
  const until = performance.now() + ms
  while (performance.now() < until);
}
/** Until the timers of the watch have run after a block. */
const breathe = () => delay(100)

test('a block of the event loop shows until the second turn after it, also one that comes right after a turn', async () => {
  const watch = watchEventLoop()
  try {
    await breathe()
    watch.turn()
    blockFor(600)
    await breathe()
    expect(watch.read().maxMs).toBeGreaterThanOrEqual(500)
    watch.turn()
    await breathe()
    watch.turn()
    await breathe()
    expect(watch.read().maxMs).toBeLessThan(500)
  } finally {
    watch.stop()
  }
})
