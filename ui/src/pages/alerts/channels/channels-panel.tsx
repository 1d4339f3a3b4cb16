import { useQueryClient } from '@tanstack/solid-query'
import Plus from 'lucide-solid/icons/plus'
import { createSignal, For, lazy, Show, Suspense } from 'solid-js'
import { useClient, useUser } from '../../../api/api-context.tsx'
import { read } from '../../../api/client.ts'
import { Button } from '../../../components/button.tsx'
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx'
import { DataTable } from '../../../components/data-table.tsx'
import { QueryView } from '../../../components/query-view.tsx'
import { EmptyState } from '../../../components/states.tsx'
import type { ChannelView } from '../alert-views.ts'
import { createChannelsQuery } from '../create-channels-query.ts'
import { ChannelRow } from './channel-row.tsx'

const ChannelDialog = lazy(() => import('./channel-dialog.tsx'))

const ChannelTable = (props: {
  channels: readonly ChannelView[]
  onEdit: (channel: ChannelView) => void
  onDelete: (channel: ChannelView) => void
}) => {
  const { isAdmin } = useUser()
  return (
    <div class="card overflow-x-auto">
      <DataTable columns={['Channel', 'Levels', 'Partners', 'State']} hasActions={isAdmin()}>
        <For each={props.channels}>
          {(channel) => <ChannelRow channel={channel} onEdit={() => props.onEdit(channel)} onDelete={() => props.onDelete(channel)} />}
        </For>
      </DataTable>
    </div>
  )
}

const ChannelsPanel = () => {
  const client = useClient()
  const { isAdmin } = useUser()
  const queries = useQueryClient()
  const query = createChannelsQuery()
  const [edited, setEdited] = createSignal<{ channel: ChannelView | null }>()
  const [deleted, setDeleted] = createSignal<ChannelView>()
  const refresh = () => queries.invalidateQueries({ queryKey: ['alerts'] })
  const create = () => (
    <Button look="primary" onClick={() => setEdited({ channel: null })}>
      <Plus size={16} aria-hidden="true" />
      New channel
    </Button>
  )
  return (
    <>
      <div class="mb-3 flex flex-wrap items-center justify-between gap-2">
        <p class="text-sm text-muted">Where notifications of alerts are sent.</p>
        <Show when={isAdmin()}>{create()}</Show>
      </div>
      <QueryView query={query}>
        {(channels) => (
          <Show
            when={channels().length > 0}
            fallback={
              <EmptyState title="Nobody is notified yet">
                Alerts show here and on the dashboard. Channels send them by email, Slack, PagerDuty or webhook.
              </EmptyState>
            }
          >
            <ChannelTable channels={channels()} onEdit={(channel) => setEdited({ channel })} onDelete={setDeleted} />
          </Show>
        )}
      </QueryView>
      <Suspense>
        <Show when={edited()} keyed>
          {({ channel }) => <ChannelDialog channel={channel} onDone={refresh} onClose={() => setEdited(undefined)} />}
        </Show>
      </Suspense>
      <ConfirmDialog
        isOpen={deleted() !== undefined}
        onClose={() => setDeleted(undefined)}
        title={`Delete ${deleted()?.name}?`}
        description="It gets no more notifications, and deliveries that wait for it are dropped."
        action="Delete"
        onConfirm={async () => {
          const channel = deleted()
          if (channel) await read(client.alerts.channels[':id'].$delete({ param: { id: channel.id } }))
          await refresh()
        }}
      />
    </>
  )
}

export default ChannelsPanel
