import { A } from '@solidjs/router'
import { For, Show } from 'solid-js'
import { AlertActionButtons } from '../../../alert-actions/alert-action-buttons.tsx'
import { LevelBadge } from '../../../components/badge.tsx'
import { DataTable } from '../../../components/data-table.tsx'
import { Time } from '../../../components/time.tsx'
import { formatDuration } from '../../../time/format-time.ts'
import type { AlertView } from '../alert-views.ts'
import { AlertMarks } from './alert-marks.tsx'

type View = 'firing' | 'dismissed' | 'resolved'

const Duration = (props: { from: string; to: string }) => (
  <span class="numeric text-muted">lasted {formatDuration(Date.parse(props.to) - Date.parse(props.from))}</span>
)

const AlertRow = (props: { alert: AlertView; view: View }) => (
  <tr class="hover:bg-sunken/50">
    <td>
      <LevelBadge level={props.alert.level} />
    </td>
    <td class="md:w-1/2">
      <A href={`/alerts/${props.view}?alert=${props.alert.id}`} class="group block rounded-sm">
        <bdi class="font-semibold">{props.alert.partnerName ?? 'The fleet'}</bdi>
        <span class="block break-words group-hover:underline">{props.alert.message}</span>
      </A>
    </td>
    <td>
      <div class="flex flex-wrap gap-x-2 md:flex-col">
        <Time at={props.alert.firedAt} />
        <Show when={props.alert.resolvedAt}>{(resolvedAt) => <Duration from={props.alert.firedAt} to={resolvedAt()} />}</Show>
      </div>
    </td>
    <td>
      <AlertMarks alert={props.alert} />
    </td>
    <Show when={props.alert.state === 'firing'}>
      <td class="md:text-right">
        <AlertActionButtons alert={props.alert} />
      </td>
    </Show>
  </tr>
)

export const AlertTable = (props: { view: View; alerts: readonly AlertView[] }) => (
  <div class="card overflow-x-auto">
    <DataTable columns={['Level', 'Partner and message', 'Fired', 'State']} hasActions={props.view !== 'resolved'}>
      <For each={props.alerts}>{(alert) => <AlertRow alert={alert} view={props.view} />}</For>
    </DataTable>
  </div>
)
