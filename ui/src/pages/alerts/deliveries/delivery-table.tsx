import { A } from '@solidjs/router'
import { useQueryClient } from '@tanstack/solid-query'
import CircleCheck from 'lucide-solid/icons/circle-check'
import CircleX from 'lucide-solid/icons/circle-x'
import Hourglass from 'lucide-solid/icons/hourglass'
import RefreshCw from 'lucide-solid/icons/refresh-cw'
import { createSignal, For, Show } from 'solid-js'
import { useClient, useUser } from '../../../api/api-context.tsx'
import { read } from '../../../api/client.ts'
import { Badge, LevelBadge } from '../../../components/badge.tsx'
import { Button } from '../../../components/button.tsx'
import { DataTable } from '../../../components/data-table.tsx'
import { Time } from '../../../components/time.tsx'
import { toastDone, toastError } from '../../../components/toast.tsx'
import type { DeliveryView } from '../alert-views.ts'

const states = {
  pending: { tone: 'medium', icon: Hourglass, text: 'Waits' },
  sent: { tone: 'ok', icon: CircleCheck, text: 'Sent' },
  dead: { tone: 'critical', icon: CircleX, text: 'Dead' },
} as const satisfies Record<DeliveryView['state'], unknown>

const kinds: Partial<Record<DeliveryView['kind'], string>> = {
  fired: 'firing',
  repeated: 'repeat',
  escalated: 'escalation',
  acknowledged: 'acknowledgement',
  resolved: 'resolution',
}

const SendAgain = (props: { delivery: DeliveryView }) => {
  const client = useClient()
  const queries = useQueryClient()
  const [isBusy, setBusy] = createSignal(false)
  const send = async () => {
    setBusy(true)
    try {
      await read(client.alerts.deliveries[':id'].retry.$post({ param: { id: props.delivery.id } }))
      toastDone(`Sending to ${props.delivery.channelName} again.`)
      await queries.invalidateQueries({ queryKey: ['alerts'] })
    } catch (error) {
      toastError(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Button size="small" busy={isBusy()} onClick={send}>
      <RefreshCw size={14} aria-hidden="true" />
      Send again
    </Button>
  )
}

const DeliveryRow = (props: { delivery: DeliveryView; ofOneAlert: boolean }) => {
  const { isAdmin } = useUser()
  const look = () => states[props.delivery.state]
  return (
    <tr>
      <td>
        <Badge tone={look().tone} icon={look().icon}>
          {look().text}
        </Badge>
      </td>
      <td>
        {props.delivery.channelName}
        <span class="block text-xs text-muted">{kinds[props.delivery.kind] ?? props.delivery.kind}</span>
      </td>
      <Show when={!props.ofOneAlert}>
        <td class="md:w-2/5">
          <A href={`/alerts/firing?alert=${props.delivery.alertId}`} class="group block rounded-sm">
            <span class="flex flex-wrap items-center gap-2 font-medium">
              <bdi>{props.delivery.partnerName ?? 'The fleet'}</bdi>
              <LevelBadge level={props.delivery.level} />
            </span>
            <span class="block break-words text-muted group-hover:underline">{props.delivery.message}</span>
          </A>
        </td>
      </Show>
      <td>
        <Time at={props.delivery.createdAt} />
      </td>
      <td class="numeric">
        {props.delivery.attempts === 0
          ? 'not tried yet'
          : `${props.delivery.attempts} ${props.delivery.attempts === 1 ? 'attempt' : 'attempts'}`}
        <Show when={props.delivery.lastCode}>{(code) => <span class="block text-xs text-muted">last answer: {code()}</span>}</Show>
      </td>
      <Show when={isAdmin()}>
        <td class="md:text-right">
          <Show when={props.delivery.state === 'dead'}>
            <SendAgain delivery={props.delivery} />
          </Show>
        </td>
      </Show>
    </tr>
  )
}

/** Deliveries; an admin can send dead ones again. `ofOneAlert`: all belong to the alert on screen. */
export const DeliveryTable = (props: { deliveries: readonly DeliveryView[]; ofOneAlert?: boolean }) => {
  const { isAdmin } = useUser()
  return (
    <div class="card overflow-x-auto">
      <DataTable columns={['State', 'Channel', ...(props.ofOneAlert ? [] : ['Alert']), 'Queued', 'Attempts']} hasActions={isAdmin()}>
        <For each={props.deliveries}>{(delivery) => <DeliveryRow delivery={delivery} ofOneAlert={props.ofOneAlert ?? false} />}</For>
      </DataTable>
    </div>
  )
}
