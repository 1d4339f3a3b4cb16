import { useQuery } from '@tanstack/solid-query'
import { createSignal, For, Show } from 'solid-js'
import type { ListedUser } from '../../../../functions/users/schema.ts'
import { useClient, useUser } from '../../api/api-context.tsx'
import { read } from '../../api/client.ts'
import { Badge } from '../../components/badge.tsx'
import { Button } from '../../components/button.tsx'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { QueryView } from '../../components/query-view.tsx'
import { Time } from '../../components/time.tsx'
import { EditUserDialog, NewUserDialog } from './user-dialogs.tsx'

const describe = (user: ListedUser) => [
  user.lastSignInAt ? (
    <>
      last signed in <Time at={user.lastSignInAt} />
    </>
  ) : (
    'not signed in recently'
  ),
  ` · ${user.openSessions} open ${user.openSessions === 1 ? 'session' : 'sessions'}`,
]

/** Who may sign in, and as what. */
const UsersPanel = () => {
  const client = useClient()
  const { user: self } = useUser()
  const query = useQuery(() => ({ queryKey: ['users'], queryFn: () => read(client.users.index.$get()), reconcile: 'id' }))
  const [isMaking, setMaking] = createSignal(false)
  const [editing, setEditing] = createSignal<ListedUser>()
  const [deleting, setDeleting] = createSignal<ListedUser>()
  return (
    <>
      <div class="mb-3 flex justify-end">
        <Button look="primary" onClick={() => setMaking(true)}>
          New user
        </Button>
      </div>
      <QueryView query={query}>
        {(users) => (
          <ul class="card divide-y divide-line">
            <For each={users()}>
              {(user) => (
                <li class="flex flex-wrap items-center gap-x-4 gap-y-2 p-4">
                  <div class="min-w-0 flex-1">
                    <p class="flex flex-wrap items-center gap-2 font-medium">
                      {user.username}
                      <Badge tone={user.role === 'ADMIN' ? 'accent' : 'idle'}>{user.role === 'ADMIN' ? 'Administrator' : 'Viewer'}</Badge>
                      <Show when={user.id === self().id}>
                        <Badge tone="idle">You</Badge>
                      </Show>
                    </p>
                    <p class="text-sm text-muted">{describe(user)}</p>
                  </div>
                  <Show when={user.id !== self().id}>
                    <div class="flex gap-2">
                      <Button onClick={() => setEditing(user)} aria-label={`Change ${user.username}`}>
                        Change
                      </Button>
                      <Button onClick={() => setDeleting(user)} aria-label={`Delete ${user.username}`}>
                        Delete
                      </Button>
                    </div>
                  </Show>
                </li>
              )}
            </For>
          </ul>
        )}
      </QueryView>
      <Show when={isMaking()}>
        <NewUserDialog onClose={() => setMaking(false)} onSaved={() => query.refetch()} />
      </Show>
      <Show when={editing()} keyed>
        {(user) => <EditUserDialog user={user} onClose={() => setEditing(undefined)} onSaved={() => query.refetch()} />}
      </Show>
      <ConfirmDialog
        isOpen={deleting() !== undefined}
        onClose={() => setDeleting(undefined)}
        title={`Delete ${deleting()?.username}?`}
        description="All of their sessions end at once. What they did stays in the audit log."
        action="Delete the user"
        typed={deleting()?.username ?? ''}
        onConfirm={async () => {
          await read(client.users[':id'].$delete({ param: { id: deleting()?.id ?? '' } }))
          await query.refetch()
        }}
      />
    </>
  )
}

export default UsersPanel
