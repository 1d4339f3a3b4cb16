import { useInfiniteQuery } from '@tanstack/solid-query'
import CircleCheck from 'lucide-solid/icons/circle-check'
import { Show } from 'solid-js'
import { AlertActionButtons } from '../../alert-actions/alert-action-buttons.tsx'
import { useClient } from '../../api/api-context.tsx'
import { type Client, read } from '../../api/client.ts'
import { Badge, LevelBadge } from '../../components/badge.tsx'
import { EmptyState } from '../../components/states.tsx'
import { Time } from '../../components/time.tsx'
import { isDismissed } from '../../fleet/fleet.ts'
import { formatDuration } from '../../time/format-time.ts'
import { useZone } from '../../time/zone-context.tsx'
import { PagedList } from './paged-list.tsx'

const pageSize = '25'
const refreshMs = 15_000

const alertsQuery = (client: Client, partnerId: string) => ({
  queryKey: ['alerts', 'of-partner', partnerId],
  queryFn: ({ pageParam }: { pageParam: string | null }) =>
    read(client.alerts.index.$get({ query: { partnerId, limit: pageSize, ...(pageParam && { before: pageParam }) } })),
  initialPageParam: null as string | null,
  getNextPageParam: (page: { next: string | null }) => page.next,
})
type Alert = Awaited<ReturnType<ReturnType<typeof alertsQuery>['queryFn']>>['alerts'][number]

const AlertLine = (props: { alert: Alert; partnerName: string }) => {
  const { now } = useZone()
  const isFiring = () => props.alert.state === 'firing'
  const dismissal = () => (isFiring() && isDismissed(props.alert, now()) ? props.alert.dismissed : null)
  const lasted = () =>
    formatDuration((props.alert.resolvedAt ? Date.parse(props.alert.resolvedAt) : now()) - Date.parse(props.alert.firedAt))
  return (
    <li class="flex flex-wrap items-center gap-x-3 gap-y-2 border-t border-line px-3 py-2.5 text-sm first:border-t-0">
      <LevelBadge level={props.alert.level} />
      <Show when={!isFiring()}>
        <Badge tone="ok" icon={CircleCheck}>
          Resolved
        </Badge>
      </Show>
      <div class="min-w-0 flex-1 basis-60">
        <p class={isFiring() ? 'font-medium' : ''}>{props.alert.message}</p>
        <p class="text-xs text-muted">
          <Time at={props.alert.firedAt} />, {isFiring() ? 'for' : 'lasted'} <span class="numeric">{lasted()}</span>
          <Show when={props.alert.acknowledged}>{(by) => <> · acknowledged by {by().by}</>}</Show>
          <Show when={dismissal()}>
            {(dismissed) => (
              <>
                {' '}
                · dismissed by {dismissed().by} until <Time at={dismissed().until} exact />: {dismissed().reason}
              </>
            )}
          </Show>
          <Show when={props.alert.maintenance}>
            {(maintenance) => (
              <>
                {' '}
                · in maintenance until <Time at={maintenance().until} exact />: {maintenance().name}
              </>
            )}
          </Show>
          <Show when={isFiring() && props.alert.inhibitedBy}>{(rule) => <> · explained by {rule()}</>}</Show>
        </p>
      </div>
      <Show when={isFiring()}>
        <AlertActionButtons alert={{ ...props.alert, partnerName: props.partnerName }} />
      </Show>
    </li>
  )
}

/** The partner's alerts, newest first. */
export const PartnerAlerts = (props: { partner: { id: string; partnerName: string } }) => {
  const client = useClient()
  const query = useInfiniteQuery(() => ({ ...alertsQuery(client, props.partner.id), refetchInterval: refreshMs }))
  const alerts = () => query.data?.pages.flatMap((page) => page.alerts) ?? []
  return (
    <section aria-label="Alerts">
      <PagedList
        query={query}
        items={alerts()}
        more="Show older alerts"
        empty={<EmptyState title="No alerts yet">Alerts of this partner are listed here and stay after they resolve.</EmptyState>}
      >
        {(alert) => <AlertLine alert={alert} partnerName={props.partner.partnerName} />}
      </PagedList>
    </section>
  )
}
