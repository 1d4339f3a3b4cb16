import { useQuery, useQueryClient } from '@tanstack/solid-query'
import Plus from 'lucide-solid/icons/plus'
import { createSignal, lazy, Show, Suspense } from 'solid-js'
import { useClient, useUser } from '../../../api/api-context.tsx'
import { read } from '../../../api/client.ts'
import { Button } from '../../../components/button.tsx'
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx'
import { QueryView } from '../../../components/query-view.tsx'
import { EmptyState } from '../../../components/states.tsx'
import type { MaintenanceView } from '../alert-views.ts'
import { MaintenanceTable } from './maintenance-table.tsx'

const MaintenanceDialog = lazy(() => import('./maintenance-dialog.tsx'))

const queryKey = ['alerts', 'maintenance']
const pollMs = 15_000

/** Windows that are open or open next come first, past ones last. */
const inOrder = (windows: readonly MaintenanceView[]) => {
  const opensAt = ({ next }: MaintenanceView) => (next ? Date.parse(next.from) : Number.POSITIVE_INFINITY)
  return windows.toSorted((left, right) => opensAt(left) - opensAt(right) || right.createdAt.localeCompare(left.createdAt))
}

const MaintenancePanel = () => {
  const client = useClient()
  const { isAdmin } = useUser()
  const queries = useQueryClient()
  const [edited, setEdited] = createSignal<{ window: MaintenanceView | null }>()
  const [deleted, setDeleted] = createSignal<MaintenanceView>()
  const query = useQuery(() => ({
    queryKey,
    queryFn: ({ signal }) => read(client.alerts.maintenance.$get({}, { init: { signal } })),
    refetchInterval: pollMs,
    reconcile: 'id',
  }))
  const refresh = () => queries.invalidateQueries({ queryKey })
  return (
    <>
      <div class="mb-3 flex flex-wrap items-center justify-between gap-2">
        <p class="text-sm text-muted">Planned times in which alerts are recorded but not sent to the channels.</p>
        <Show when={isAdmin()}>
          <Button look="primary" onClick={() => setEdited({ window: null })}>
            <Plus size={16} aria-hidden="true" />
            Plan maintenance
          </Button>
        </Show>
      </div>
      <QueryView query={query}>
        {(windows) => (
          <Show
            when={windows().length > 0}
            fallback={
              <EmptyState title="No maintenance is planned">
                Plan a window before you take a partner down, so that nobody is notified of what you expect.
              </EmptyState>
            }
          >
            <MaintenanceTable windows={inOrder(windows())} onEdit={(window) => setEdited({ window })} onDelete={setDeleted} />
          </Show>
        )}
      </QueryView>
      <Suspense>
        <Show when={edited()} keyed>
          {({ window }) => <MaintenanceDialog window={window} onDone={refresh} onClose={() => setEdited(undefined)} />}
        </Show>
      </Suspense>
      <ConfirmDialog
        isOpen={deleted() !== undefined}
        onClose={() => setDeleted(undefined)}
        title={`Delete ${deleted()?.name}?`}
        description={
          deleted()?.isOpen
            ? 'The window is open: what fires now is sent to the channels at once.'
            : 'The channels are notified of alerts in that time as usual.'
        }
        action="Delete"
        onConfirm={async () => {
          const window = deleted()
          if (window) await read(client.alerts.maintenance[':id'].$delete({ param: { id: window.id } }))
          await refresh()
        }}
      />
    </>
  )
}

export default MaintenancePanel
