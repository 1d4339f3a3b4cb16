import { Show } from 'solid-js'
import type { ActionableAlert } from './actionable-alert.ts'

/** Which alert a dialog is about. */
export const AlertSubject = (props: { alert: ActionableAlert }) => (
  <p class="rounded-md bg-sunken px-3 py-2 text-sm">
    <Show when={props.alert.partnerName}>
      <span class="font-medium">{props.alert.partnerName}: </span>
    </Show>
    {props.alert.message}
  </p>
)
