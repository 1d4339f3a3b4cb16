import { createSignal, onCleanup } from 'solid-js'

/** The current time in epoch milliseconds, updated every `ms`. */
export const createClock = (ms = 1_000) => {
  const [now, setNow] = createSignal(Date.now())
  const timer = setInterval(() => setNow(Date.now()), ms)
  onCleanup(() => clearInterval(timer))
  return now
}
