import { Show } from 'solid-js'
import type { ActionableAlert } from './actionable-alert.ts'

/** Which alert a dialog is about. */
export const AlertSubject = (props: { alert: ActionableAlert }) => (
  <p class="rounded-md bg-sunken px-3 py-2 text-sm">
    <Show when={props.alert.partnerName}>
      <bdi class="font-medium">{props.alert.partnerName}</bdi>
      {': '}
    </Show>
    {props.alert.message}
  </p>
)
