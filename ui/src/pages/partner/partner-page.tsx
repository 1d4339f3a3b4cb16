import { A, useLocation, useParams, useSearchParams } from '@solidjs/router'
import { useQuery, useQueryClient } from '@tanstack/solid-query'
import { createEffect, createSignal, lazy, on, Show, Suspense } from 'solid-js'
import { isolateName } from '../../../../shared/isolate-name.ts'
import { useClient, useUser } from '../../api/api-context.tsx'
import { StateBadge } from '../../components/badge.tsx'
import { Page } from '../../components/page.tsx'
import { QueryView } from '../../components/query-view.tsx'
import { Skeleton } from '../../components/states.tsx'
import { Tabs } from '../../components/tabs.tsx'
import { useFleet } from '../../fleet/fleet-context.tsx'
import { createProbe } from '../../probe/create-probe.ts'
import { type PartnerDetails, partnerQuery } from '../partners/partner-queries.ts'
import { ConnectionLog } from './connection-log.tsx'
import { PartnerActions } from './partner-actions.tsx'
import { PartnerAlerts } from './partner-alerts.tsx'
import { PartnerConfiguration } from './partner-configuration.tsx'
import { PartnerHostKey } from './partner-host-key.tsx'
import { PartnerNumbers } from './partner-numbers.tsx'
import { PartnerProbe } from './partner-probe.tsx'
import { PartnerTrouble } from './partner-trouble.tsx'

const HistoryCharts = lazy(() => import('./charts/history-charts.tsx'))

const tabNames = ['charts', 'alerts', 'connection', 'configuration'] as const
type TabName = (typeof tabNames)[number]
const refreshMs = 15_000

const PartnerTabs = (props: { partner: PartnerDetails }) => {
  const [params, setParams] = useSearchParams<{ tab: string }>()
  const open = (): TabName => tabNames.find((name) => name === params.tab) ?? 'charts'
  return (
    <Tabs
      label="Partner"
      open={open()}
      onOpen={(tab) => setParams({ tab: tab === 'charts' ? null : tab })}
      tabs={[
        {
          name: 'charts',
          label: 'Charts',
          panel: () => (
            <Suspense fallback={<Skeleton lines={10} />}>
              <HistoryCharts partner={props.partner} />
            </Suspense>
          ),
        },
        { name: 'alerts', label: 'Alerts', panel: () => <PartnerAlerts partner={props.partner} /> },
        { name: 'connection', label: 'Connection', panel: () => <ConnectionLog partner={props.partner} /> },
        { name: 'configuration', label: 'Configuration', panel: () => <PartnerConfiguration partner={props.partner} /> },
      ]}
    />
  )
}

/** The probe of a saved partner; what it recorded is read again when it is done. */
const createPartnerProbe = (partnerId: () => string) => {
  const client = useClient()
  const queries = useQueryClient()
  const [isOpen, setOpen] = createSignal(false)
  const probe = createProbe((init) => client.probe[':partnerId'].$post({ param: { partnerId: partnerId() } }, init))
  return {
    probe,
    isOpen,
    close: () => {
      setOpen(false)
      probe.clear()
    },
    start: async () => {
      setOpen(true)
      await probe.run()
      for (const key of ['partners', 'connection-log']) void queries.invalidateQueries({ queryKey: [key, partnerId()] })
    },
  }
}

const PartnerView = (props: { partner: PartnerDetails; probe: ReturnType<typeof createPartnerProbe> }) => {
  const { state } = useFleet()
  const row = () => state.rows[props.partner.id]
  const sync = () => props.partner.sync
  const hasChangedKey = () =>
    sync().lastError?.reason === 'host-key-changed' || props.probe.probe.state.result?.reason === 'host-key-changed'
  return (
    <>
      <PartnerHostKey partner={props.partner} hasChanged={hasChangedKey()} />
      <Show when={props.probe.isOpen()}>
        <PartnerProbe probe={props.probe.probe} ssh={props.partner.ssh.enabled ? props.partner.ssh : null} onClose={props.probe.close} />
      </Show>
      <Show when={props.partner.isActive && !hasChangedKey()}>
        <PartnerTrouble sync={sync()} />
      </Show>
      <Show when={row()} fallback={<Skeleton lines={2} class="mb-4" />}>
        {(known) => <PartnerNumbers state={known().state} snapshot={known().snapshot} />}
      </Show>
      <PartnerTabs partner={props.partner} />
    </>
  )
}

const PartnerPage = () => {
  const client = useClient()
  const params = useParams<{ id: string }>()
  const location = useLocation<{ probe?: boolean }>()
  const { isAdmin } = useUser()
  const { state } = useFleet()
  const query = useQuery(() => ({ ...partnerQuery(client, params.id), refetchInterval: refreshMs }))
  createEffect(
    on(
      () => state.rows[params.id]?.state,
      () => void query.refetch(),
      { defer: true },
    ),
  )
  const probe = createPartnerProbe(() => params.id)
  createEffect(
    on(
      () => location.state,
      (state) => {
        if (state?.probe && isAdmin()) void probe.start()
      },
    ),
  )
  return (
    <Page
      title={isolateName(query.data?.partnerName ?? state.rows[params.id]?.partner.partnerName ?? 'Partner')}
      description={
        <span class="flex flex-wrap items-center gap-2">
          <A href="/partners" class="text-accent hover:underline">
            Partners
          </A>
          <Show when={state.rows[params.id]?.state}>{(known) => <StateBadge state={known()} />}</Show>
          <Show when={query.data?.timezone}>{(zone) => <span>{zone()}</span>}</Show>
        </span>
      }
      actions={
        <Show when={isAdmin() && query.data}>
          {(partner) => <PartnerActions partner={partner()} isProbing={probe.probe.state.isRunning} onProbe={probe.start} />}
        </Show>
      }
    >
      <QueryView query={query} skeleton={<Skeleton lines={10} />}>
        {(partner) => <PartnerView partner={partner()} probe={probe} />}
      </QueryView>
    </Page>
  )
}

export default PartnerPage
