import { createSignal, onCleanup, onMount, Show } from 'solid-js'
import { Button } from '../components/button.tsx'

/** Says so when a part of the page could not be loaded, as in a tab that is older than the last deployment. Reloading is left to the user, who may be in the middle of a form. */
export const MissingCodeNotice = () => {
  const [isMissing, setMissing] = createSignal(false)
  const notice = () => setMissing(true)
  onMount(() => window.addEventListener('vite:preloadError', notice))
  onCleanup(() => window.removeEventListener('vite:preloadError', notice))
  return (
    <Show when={isMissing()}>
      <div role="alert" class="flex flex-wrap items-center gap-2 bg-medium-soft px-4 py-2 text-sm text-medium">
        <span>A part of this page could not be loaded. If a new version was deployed, reload the page.</span>
        <Button size="small" onClick={() => location.reload()}>
          Reload
        </Button>
      </div>
    </Show>
  )
}
