import { createSignal, onCleanup } from 'solid-js'

/** Whether the window matches the media query now. */
export const createMediaQuery = (query: string) => {
  const list = matchMedia(query)
  const [matches, setMatches] = createSignal(list.matches)
  const update = () => setMatches(list.matches)
  list.addEventListener('change', update)
  onCleanup(() => list.removeEventListener('change', update))
  return matches
}
