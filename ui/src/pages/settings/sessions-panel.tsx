import { useQuery } from '@tanstack/solid-query'
import { createSignal, For, Show } from 'solid-js'
import { useClient } from '../../api/api-context.tsx'
import { read } from '../../api/client.ts'
import { Badge } from '../../components/badge.tsx'
import { Button } from '../../components/button.tsx'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { QueryView } from '../../components/query-view.tsx'
import { Time } from '../../components/time.tsx'
import { describeUserAgent } from './describe-user-agent.ts'

/** Where the user is signed in, and a way to end each session. */
const SessionsPanel = () => {
  const client = useClient()
  const query = useQuery(() => ({ queryKey: ['sessions'], queryFn: () => read(client.login.sessions.$get()), reconcile: 'id' }))
  const [ending, setEnding] = createSignal<string>()
  return (
    <>
      <QueryView query={query}>
        {(sessions) => (
          <ul class="card divide-y divide-line">
            <For each={sessions()}>
              {(session) => (
                <li class="flex flex-wrap items-center gap-x-4 gap-y-1 p-4">
                  <div class="min-w-0 flex-1">
                    <p class="flex flex-wrap items-center gap-2 font-medium">
                      {describeUserAgent(session.userAgent)}
                      <Show when={session.current}>
                        <Badge tone="accent">This session</Badge>
                      </Show>
                    </p>
                    <p class="text-sm text-muted">
                      {session.address} · last used <Time at={session.lastUsedAt} /> · signed in <Time at={session.createdAt} />
                    </p>
                  </div>
                  <Show when={!session.current}>
                    <Button onClick={() => setEnding(session.id)}>End</Button>
                  </Show>
                </li>
              )}
            </For>
          </ul>
        )}
      </QueryView>
      <ConfirmDialog
        isOpen={ending() !== undefined}
        onClose={() => setEnding(undefined)}
        title="End this session?"
        description="Whoever uses it is signed out at once."
        action="End the session"
        onConfirm={async () => {
          await read(client.login.sessions[':id'].$delete({ param: { id: ending() ?? '' } }))
          await query.refetch()
        }}
      />
    </>
  )
}

export default SessionsPanel
