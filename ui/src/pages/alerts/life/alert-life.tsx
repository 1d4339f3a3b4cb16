import { A, useLocation } from '@solidjs/router'
import { useQuery } from '@tanstack/solid-query'
import ArrowLeft from 'lucide-solid/icons/arrow-left'
import ChartLine from 'lucide-solid/icons/chart-line'
import Server from 'lucide-solid/icons/server'
import { createEffect, Show } from 'solid-js'
import { isolateName } from '../../../../../shared/isolate-name.ts'
import { AlertActionButtons } from '../../../alert-actions/alert-action-buttons.tsx'
import { useClient } from '../../../api/api-context.tsx'
import { read } from '../../../api/client.ts'
import { LevelBadge } from '../../../components/badge.tsx'
import { buttonClass } from '../../../components/button.tsx'
import { QueryView } from '../../../components/query-view.tsx'
import { Time } from '../../../components/time.tsx'
import { formatDuration } from '../../../time/format-time.ts'
import { useZone } from '../../../time/zone-context.tsx'
import type { AlertView } from '../alert-views.ts'
import { AlertDeliveries } from '../deliveries/alert-deliveries.tsx'
import { AlertMarks } from '../list/alert-marks.tsx'
import { ruleName } from '../rule-name.ts'
import { buildTimeline } from './build-timeline.ts'
import { Timeline } from './timeline.tsx'

const pollMs = 5_000
const aroundMs = 1_800_000

/** The partner's charts from half an hour before it fired until half an hour after its end. */
const chartsHref = (partnerId: string, alert: AlertView, now: number) => {
  const to = Math.min(now, (alert.resolvedAt ? Date.parse(alert.resolvedAt) : now) + aroundMs)
  const search = new URLSearchParams({
    from: new Date(Date.parse(alert.firedAt) - aroundMs).toISOString(),
    to: new Date(to).toISOString(),
  })
  return `/partners/${partnerId}?${search}`
}

const Facts = (props: { alert: AlertView }) => {
  const { now } = useZone()
  const lastedMs = () => (props.alert.resolvedAt ? Date.parse(props.alert.resolvedAt) : now()) - Date.parse(props.alert.firedAt)
  return (
    <dl class="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-sm">
      <dt class="text-muted">Rule</dt>
      <dd class="break-words">{ruleName(props.alert.ruleId)}</dd>
      <dt class="text-muted">Fired</dt>
      <dd>
        <Time at={props.alert.firedAt} exact />
      </dd>
      <Show when={props.alert.resolvedAt}>
        {(at) => (
          <>
            <dt class="text-muted">Resolved</dt>
            <dd>
              <Time at={at()} exact />
            </dd>
          </>
        )}
      </Show>
      <dt class="text-muted">{props.alert.resolvedAt ? 'Lasted' : 'Fires for'}</dt>
      <dd class="numeric">{formatDuration(lastedMs())}</dd>
      <Show when={props.alert.dismissed}>
        {(dismissal) => (
          <>
            <dt class="text-muted">Dismissed</dt>
            <dd>
              by {dismissal().by}, until <Time at={dismissal().until} exact />
            </dd>
          </>
        )}
      </Show>
    </dl>
  )
}

const PartnerLinks = (props: { alert: AlertView; partnerId: string }) => {
  const { now } = useZone()
  return (
    <div class="flex flex-wrap gap-2">
      <A href={`/partners/${props.partnerId}`} class={buttonClass('secondary', 'small')}>
        <Server size={14} aria-hidden="true" />
        Partner
      </A>
      <A href={chartsHref(props.partnerId, props.alert, now())} class={buttonClass('secondary', 'small')}>
        <ChartLine size={14} aria-hidden="true" />
        Charts at that time
      </A>
    </div>
  )
}

const Life = (props: { alert: AlertView }) => {
  createEffect(() => {
    document.title = `${isolateName(props.alert.partnerName ?? 'The fleet')}: ${props.alert.message} · JobTalk Admin`
  })
  return (
    <article class="flex flex-col gap-4">
      <section aria-label="Alert" class="card flex flex-col gap-3 p-4">
        <div class="flex flex-wrap items-start justify-between gap-3">
          <div class="min-w-0">
            <div class="mb-1 flex flex-wrap items-center gap-2">
              <LevelBadge level={props.alert.level} />
              <AlertMarks alert={props.alert} />
            </div>
            <h2 class="text-lg font-semibold break-words">
              <bdi>{props.alert.partnerName ?? 'The fleet'}</bdi>: {props.alert.message}
            </h2>
          </div>
          <Show when={props.alert.state === 'firing'}>
            <AlertActionButtons alert={props.alert} />
          </Show>
        </div>
        <Facts alert={props.alert} />
        <Show when={props.alert.partnerId}>{(partnerId) => <PartnerLinks alert={props.alert} partnerId={partnerId()} />}</Show>
      </section>
      <section class="card p-4">
        <h2 class="mb-3 font-semibold">What happened</h2>
        <Timeline entries={buildTimeline(props.alert)} />
      </section>
      <section>
        <h2 class="mb-2 font-semibold">Deliveries</h2>
        <AlertDeliveries alertId={props.alert.id} />
      </section>
    </article>
  )
}

/** One alert from its firing to its end. */
export const AlertLife = (props: { id: string }) => {
  const client = useClient()
  const location = useLocation()
  const listHref = () => {
    const search = new URLSearchParams(location.search)
    search.delete('alert')
    return `${location.pathname}${search.size > 0 ? `?${search}` : ''}`
  }
  const query = useQuery(() => ({
    queryKey: ['alerts', 'one', props.id],
    queryFn: ({ signal }) => read(client.alerts[':id'].$get({ param: { id: props.id } }, { init: { signal } })),
    refetchInterval: pollMs,
  }))
  return (
    <>
      <A href={listHref()} class={`${buttonClass('ghost', 'small')} mb-3`}>
        <ArrowLeft size={15} aria-hidden="true" />
        All alerts
      </A>
      <QueryView query={query}>{(alert) => <Life alert={alert()} />}</QueryView>
    </>
  )
}
