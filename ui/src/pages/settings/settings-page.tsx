import { Navigate, useNavigate, useParams } from '@solidjs/router'
import { type Component, lazy, Show, Suspense } from 'solid-js'
import { useUser } from '../../api/api-context.tsx'
import { Page } from '../../components/page.tsx'
import { Skeleton } from '../../components/states.tsx'
import { Tabs } from '../../components/tabs.tsx'

type Panel = { name: string; label: string; component: Component; admin: boolean }

const panels: readonly Panel[] = [
  { name: 'operation', label: 'Operation', component: lazy(() => import('./operation-panel.tsx')), admin: true },
  { name: 'users', label: 'Users', component: lazy(() => import('./users-panel.tsx')), admin: true },
  { name: 'tokens', label: 'Service tokens', component: lazy(() => import('./tokens-panel.tsx')), admin: true },
  { name: 'audit', label: 'Audit log', component: lazy(() => import('./audit-panel.tsx')), admin: true },
  { name: 'password', label: 'Password', component: lazy(() => import('./password-panel.tsx')), admin: false },
  { name: 'sessions', label: 'Sessions', component: lazy(() => import('./sessions-panel.tsx')), admin: false },
]

const SettingsPage = () => {
  const params = useParams<{ view: string }>()
  const navigate = useNavigate()
  const { isAdmin } = useUser()
  const offered = () => panels.filter((panel) => !panel.admin || isAdmin())
  return (
    <Page title="Settings">
      <Show when={offered().some(({ name }) => name === params.view)} fallback={<Navigate href={`/settings/${offered()[0]?.name}`} />}>
        <Tabs
          label="Settings"
          open={params.view}
          onOpen={(name) => navigate(`/settings/${name}`)}
          tabs={offered().map(({ name, label, component: Content }) => ({
            name,
            label,
            panel: () => (
              <Suspense fallback={<Skeleton />}>
                <Content />
              </Suspense>
            ),
          }))}
        />
      </Show>
    </Page>
  )
}

export default SettingsPage
