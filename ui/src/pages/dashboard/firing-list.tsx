import { A } from '@solidjs/router'
import BellOff from 'lucide-solid/icons/bell-off'
import CircleCheck from 'lucide-solid/icons/circle-check'
import UserCheck from 'lucide-solid/icons/user-check'
import Wrench from 'lucide-solid/icons/wrench'
import { createMemo, createSignal, For, type JSX, Show } from 'solid-js'
import { useAlertActions } from '../../alert-actions/alert-actions-context.tsx'
import { LevelBadge } from '../../components/badge.tsx'
import { Button } from '../../components/button.tsx'
import { Time } from '../../components/time.tsx'
import { type FiringAlert, type Fleet, isDismissed, isHeld } from '../../fleet/fleet.ts'
import { useZone } from '../../time/zone-context.tsx'

const shownAtFirst = 5

const Remark = (props: { icon: typeof BellOff; title?: string; children: JSX.Element }) => (
  <span title={props.title} class="inline-flex items-center gap-1 text-xs text-muted">
    <props.icon size={13} aria-hidden="true" />
    {props.children}
  </span>
)

const FiringRow = (props: { alert: FiringAlert }) => {
  const { canAct, acknowledge, dismiss } = useAlertActions()
  const { now } = useZone()
  const dismissal = () => (isDismissed(props.alert, now()) ? props.alert.dismissed : null)
  return (
    <li class={`flex flex-wrap items-center gap-x-3 gap-y-1 border-t border-line px-3 py-2 text-sm first:border-t-0 `}>
      <span class="w-20 shrink-0">
        <LevelBadge level={props.alert.level} />
      </span>
      <div class="min-w-0 flex-1 basis-64">
        <Show when={props.alert.partnerId} fallback={<span class="font-medium">Whole fleet</span>}>
          {(id) => (
            <A href={`/partners/${id()}`} class="font-medium hover:underline">
              <bdi>{props.alert.partnerName ?? id()}</bdi>
            </A>
          )}
        </Show>
        <span class="text-muted"> · </span>
        <span class="break-words">{props.alert.message}</span>
      </div>
      <Show when={props.alert.acknowledged}>
        {(by) => (
          <Remark icon={UserCheck} title={by().note ?? ''}>
            {by().by} is on it
          </Remark>
        )}
      </Show>
      <Show when={dismissal()}>
        {(by) => (
          <Remark icon={BellOff} title={by().reason}>
            Dismissed by {by().by}, ends <Time at={by().until} />
          </Remark>
        )}
      </Show>
      <Show when={!dismissal() && props.alert.maintenance}>
        {(maintenance) => (
          <Remark icon={Wrench} title={maintenance().name}>
            In maintenance, ends <Time at={maintenance().until} />
          </Remark>
        )}
      </Show>
      <Show when={props.alert.inhibitedBy && !dismissal()}>
        <Remark icon={BellOff}>Explained by another alert</Remark>
      </Show>
      <Time at={props.alert.firedAt} class="w-24 text-xs text-muted sm:text-right" />
      <Show when={canAct()}>
        <span class="flex gap-1.5 sm:w-48 sm:justify-end">
          <Show when={!props.alert.acknowledged}>
            <Button size="small" onClick={() => acknowledge(props.alert)}>
              Acknowledge
            </Button>
          </Show>
          <Show when={!dismissal()}>
            <Button size="small" look="ghost" onClick={() => dismiss(props.alert)}>
              Dismiss
            </Button>
          </Show>
        </span>
      </Show>
    </li>
  )
}

const Quiet = (props: { uncovered: number }) => (
  <p class="card mb-4 flex items-center gap-2 px-3 py-2.5 text-sm">
    <CircleCheck size={17} aria-hidden="true" class="text-ok" />
    <span>
      No alerts are firing
      {props.uncovered > 0
        ? `, but ${props.uncovered} active ${props.uncovered === 1 ? 'partner has' : 'partners have'} no current numbers.`
        : '. Nothing needs you.'}
    </span>
  </p>
)

/** What fires now, the most severe first; what is dismissed, in maintenance or explained by another alert only when asked for. */
export const FiringList = (props: { firing: NonNullable<Fleet['firing']>; uncovered: number }) => {
  const [showsAll, setShowsAll] = createSignal(false)
  const [showsHeld, setShowsHeld] = createSignal(false)
  const { now } = useZone()
  const open = createMemo(() => props.firing.alerts.filter((alert) => !isHeld(alert, now())))
  const held = createMemo(() => props.firing.alerts.filter((alert) => isHeld(alert, now())))
  const shown = () => [...(showsAll() ? open() : open().slice(0, shownAtFirst)), ...(showsHeld() ? held() : [])]
  const unlisted = () => props.firing.count - props.firing.alerts.length
  return (
    <Show when={props.firing.count > 0} fallback={<Quiet uncovered={props.uncovered} />}>
      <section aria-labelledby="firing" class="card mb-4 overflow-hidden">
        <header class="flex flex-wrap items-center justify-between gap-2 border-b border-line bg-sunken px-3 py-1.5">
          <h2 id="firing" class="text-sm font-semibold">
            Firing now <span class="numeric">({open().length + unlisted()})</span>
          </h2>
          <A href="/alerts/firing" class="text-sm text-accent hover:underline">
            All alerts
          </A>
        </header>
        <Show when={open().length === 0 && !showsHeld()}>
          <p class="px-3 py-2.5 text-sm text-muted">
            All firing alerts are held back: dismissed, in maintenance or explained by another alert.
          </p>
        </Show>
        <ul>
          <For each={shown()}>{(alert) => <FiringRow alert={alert} />}</For>
        </ul>
        <Show when={open().length > shownAtFirst || held().length > 0}>
          <footer class="flex flex-wrap gap-2 border-t border-line px-2 py-1">
            <Show when={open().length > shownAtFirst}>
              <Button size="small" look="ghost" aria-expanded={showsAll()} onClick={() => setShowsAll(!showsAll())}>
                {showsAll() ? 'Show fewer' : `Show ${open().length - shownAtFirst} more`}
              </Button>
            </Show>
            <Show when={held().length > 0}>
              <Button size="small" look="ghost" aria-expanded={showsHeld()} onClick={() => setShowsHeld(!showsHeld())}>
                {showsHeld() ? 'Hide' : 'Show'} {held().length} held back
              </Button>
            </Show>
          </footer>
        </Show>
      </section>
    </Show>
  )
}
