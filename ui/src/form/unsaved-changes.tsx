import { type BeforeLeaveEventArgs, useBeforeLeave } from '@solidjs/router'
import { createSignal, onCleanup, onMount } from 'solid-js'
import { ConfirmDialog } from '../components/confirm-dialog.tsx'

/** Asks before a screen with unsaved changes is left, inside the app or out of it. */
export const UnsavedChanges = (props: { isDirty: boolean }) => {
  const [leaving, setLeaving] = createSignal<BeforeLeaveEventArgs>()
  // A redirect on the next screen asks here as well, while this screen is still mounted.
  let isDiscarded = false
  useBeforeLeave((event) => {
    // Another search string of the same screen keeps the form.
    const isSameScreen = typeof event.to === 'string' && event.to.split('?')[0] === event.from.pathname
    if (isDiscarded || !props.isDirty || isSameScreen || event.defaultPrevented) return
    event.preventDefault()
    setLeaving(event)
  })
  const warn = (event: BeforeUnloadEvent) => {
    if (props.isDirty) event.preventDefault()
  }
  onMount(() => window.addEventListener('beforeunload', warn))
  onCleanup(() => window.removeEventListener('beforeunload', warn))
  return (
    <ConfirmDialog
      isOpen={leaving() !== undefined}
      onClose={() => setLeaving(undefined)}
      title="Leave without saving?"
      description="What you changed here is not saved."
      action="Discard the changes"
      onConfirm={async () => {
        isDiscarded = true
        leaving()?.retry(true)
      }}
    />
  )
}
