import { useNavigate, useParams, useSearchParams } from '@solidjs/router'
import { lazy, Show, Suspense } from 'solid-js'
import { Page } from '../../components/page.tsx'
import { Skeleton } from '../../components/states.tsx'
import { Tabs } from '../../components/tabs.tsx'
import { AlertLife } from './life/alert-life.tsx'
import { AlertList } from './list/alert-list.tsx'

const MaintenancePanel = lazy(() => import('./maintenance/maintenance-panel.tsx'))
const RulesPanel = lazy(() => import('./rules/rules-panel.tsx'))
const ChannelsPanel = lazy(() => import('./channels/channels-panel.tsx'))
const DeliveriesPanel = lazy(() => import('./deliveries/deliveries-panel.tsx'))

/** One of the three lists, or the life of the alert that the address names. */
const AlertsPanel = (props: { view: 'firing' | 'dismissed' | 'resolved' }) => {
  const [params] = useSearchParams<{ alert: string }>()
  return (
    <Show when={params.alert} keyed fallback={<AlertList view={props.view} />}>
      {(id) => <AlertLife id={id} />}
    </Show>
  )
}

const tabs = [
  { name: 'firing', label: 'Firing', panel: () => <AlertsPanel view="firing" /> },
  { name: 'dismissed', label: 'Dismissed', panel: () => <AlertsPanel view="dismissed" /> },
  { name: 'resolved', label: 'Resolved', panel: () => <AlertsPanel view="resolved" /> },
  { name: 'maintenance', label: 'Maintenance', panel: () => <MaintenancePanel /> },
  { name: 'rules', label: 'Rules', panel: () => <RulesPanel /> },
  { name: 'channels', label: 'Channels', panel: () => <ChannelsPanel /> },
  { name: 'deliveries', label: 'Deliveries', panel: () => <DeliveriesPanel /> },
] as const
type View = (typeof tabs)[number]['name']

const AlertsPage = () => {
  const params = useParams<{ view: string }>()
  const navigate = useNavigate()
  const view = (): View => tabs.find(({ name }) => name === params.view)?.name ?? 'firing'
  return (
    <Page title="Alerts">
      <Suspense fallback={<Skeleton />}>
        <Tabs label="Alerts" tabs={tabs} open={view()} onOpen={(name) => name !== view() && navigate(`/alerts/${name}`)} />
      </Suspense>
    </Page>
  )
}

export default AlertsPage
