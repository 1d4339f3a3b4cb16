import { useQueryClient } from '@tanstack/solid-query'
import { type Accessor, createContext, createSignal, lazy, type ParentProps, Show, useContext } from 'solid-js'
import { useUser } from '../api/api-context.tsx'
import { LoadedParts } from '../components/loaded-parts.tsx'
import { useFleet } from '../fleet/fleet-context.tsx'
import type { ActionableAlert } from './actionable-alert.ts'

const AcknowledgeDialog = lazy(() => import('./acknowledge-dialog.tsx'))
const DismissDialog = lazy(() => import('./dismiss-dialog.tsx'))
const EndDismissalDialog = lazy(() => import('./end-dismissal-dialog.tsx'))

type AlertActions = {
  /** Whether the user may do any of this; otherwise none of it is offered. */
  canAct: Accessor<boolean>
  /** Opens the dialog that acknowledges an alert. */
  acknowledge: (alert: ActionableAlert) => void
  /** Opens the dialog that holds an alert back until a time. */
  dismiss: (alert: ActionableAlert) => void
  /** Asks whether to end a dismissal before its time. */
  endDismissal: (alert: ActionableAlert) => void
}

const AlertActionsContext = createContext<AlertActions>()

/** Acknowledges and dismisses alerts for all screens below it. What was done shows in the fleet and in every query under `alerts`. */
export const AlertActionsProvider = (props: ParentProps) => {
  const { isAdmin } = useUser()
  const { refresh } = useFleet()
  const queries = useQueryClient()
  const [acknowledged, acknowledge] = createSignal<ActionableAlert>()
  const [dismissed, dismiss] = createSignal<ActionableAlert>()
  const [ended, endDismissal] = createSignal<ActionableAlert>()
  const done = () => {
    void queries.invalidateQueries({ queryKey: ['alerts'] })
    void refresh()
  }
  const closeAll = () => {
    for (const set of [acknowledge, dismiss, endDismissal]) set(undefined)
  }
  return (
    <AlertActionsContext.Provider value={{ canAct: isAdmin, acknowledge, dismiss, endDismissal }}>
      {props.children}
      <LoadedParts onFailed={closeAll}>
        <Show when={acknowledged()} keyed>
          {(alert) => <AcknowledgeDialog alert={alert} onDone={done} onClose={() => acknowledge(undefined)} />}
        </Show>
        <Show when={dismissed()} keyed>
          {(alert) => <DismissDialog alert={alert} onDone={done} onClose={() => dismiss(undefined)} />}
        </Show>
        <Show when={ended()} keyed>
          {(alert) => <EndDismissalDialog alert={alert} onDone={done} onClose={() => endDismissal(undefined)} />}
        </Show>
      </LoadedParts>
    </AlertActionsContext.Provider>
  )
}

export const useAlertActions = () => {
  const actions = useContext(AlertActionsContext)
  if (!actions) throw new Error('There is no AlertActionsProvider above.')
  return actions
}
