/**
 * The events that `run` emits, in order and as they come, then the one that it resolves with; throws what it throws. Who stops reading does not
 * stop `run`.
 */
export async function* relay<Event>(run: (emit: (event: Event) => void) => Promise<Event>): AsyncGenerator<Event, void> {
  const waiting: Event[] = []
  let wake = () => {}
  const emit = (event: Event) => {
    waiting.push(event)
    wake()
  }
  let isOver = false
  const work = run(emit)
    .then(emit)
    .finally(() => {
      isOver = true
      wake()
    })
  // It is thrown below, unless nobody reads that far.
  work.catch(() => {})
  for (;;) {
    const { promise, resolve } = Promise.withResolvers<void>()
    wake = resolve
    if (waiting.length > 0) yield* waiting.splice(0)
    else if (isOver) return await work
    else await promise
  }
}
