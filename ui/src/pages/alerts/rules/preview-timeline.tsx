import { For } from 'solid-js'
import { LevelBadge } from '../../../components/badge.tsx'
import { DataTable } from '../../../components/data-table.tsx'
import { Time } from '../../../components/time.tsx'
import { formatDuration } from '../../../time/format-time.ts'
import { useZone } from '../../../time/zone-context.tsx'
import { toZonedInput } from '../../../time/zoned-time.ts'
import type { PreviewedAlert } from '../alert-views.ts'
import type { PreviewBar, PreviewLane, PreviewPartner } from './lay-out-preview.ts'

const tickCount = 5
const bars = { CRITICAL: 'bg-critical', HIGH: 'bg-high', MEDIUM: 'bg-medium' } as const

type Range = { from: number; to: number }

const lasted = (bar: PreviewBar, to: number) => (bar.resolvedAt ? Date.parse(bar.resolvedAt) : to) - Date.parse(bar.firedAt)

const summary = (lane: PreviewLane, to: number) => {
  const total = lane.bars.reduce((sum, bar) => sum + lasted(bar, to), 0)
  return `${lane.bars.length === 1 ? 'once' : `${lane.bars.length} times`}, ${formatDuration(total)} in all`
}

const Axis = (props: { range: Range }) => {
  const { zone } = useZone()
  const ticks = () =>
    Array.from({ length: tickCount }, (_, index) => props.range.from + ((props.range.to - props.range.from) * index) / (tickCount - 1))
  return (
    <div aria-hidden="true" class="numeric flex justify-between text-xs text-muted">
      <For each={ticks()}>{(at) => <span>{toZonedInput(at, zone()).slice(11)}</span>}</For>
    </div>
  )
}

const Lane = (props: { lane: PreviewLane; range: Range }) => {
  const { zone } = useZone()
  const clock = (at: number | string) => toZonedInput(new Date(at).getTime(), zone()).slice(11)
  return (
    <div class="grid items-center gap-x-4 gap-y-1 md:grid-cols-[minmax(14rem,18rem)_1fr]">
      <div class="flex flex-wrap items-center gap-x-2 text-sm">
        <LevelBadge level={props.lane.level} />
        <span class="break-all">{props.lane.ruleId}</span>
        <span class="numeric text-xs text-muted">{summary(props.lane, props.range.to)}</span>
      </div>
      <div aria-hidden="true" class="relative h-5 overflow-hidden rounded-sm bg-sunken">
        <For each={props.lane.bars}>
          {(bar) => (
            <span
              title={`${clock(bar.firedAt)} to ${bar.resolvedAt ? clock(bar.resolvedAt) : 'now'}: ${bar.message}`}
              class={`absolute inset-y-0.5 min-w-1 rounded-xs ${bars[props.lane.level]}`}
              style={{ left: `${bar.leftPercent}%`, width: `${bar.widthPercent}%` }}
            />
          )}
        </For>
      </div>
    </div>
  )
}

/** When each partner's alerts would have fired, drawn on one axis. */
export const PreviewTimeline = (props: { partners: readonly PreviewPartner[]; range: Range }) => (
  <div class="flex flex-col gap-4">
    <For each={props.partners}>
      {(partner) => (
        <section>
          <h3 class="mb-1.5 text-sm font-semibold">{partner.name}</h3>
          <div class="flex flex-col gap-2">
            <For each={partner.lanes}>{(lane) => <Lane lane={lane} range={props.range} />}</For>
          </div>
        </section>
      )}
    </For>
    <div class="grid gap-x-4 md:grid-cols-[minmax(14rem,18rem)_1fr]">
      <span class="max-md:hidden" />
      <Axis range={props.range} />
    </div>
  </div>
)

/** The same as a list, for those who do not see the bars and for exact times. */
export const PreviewList = (props: { alerts: readonly PreviewedAlert[]; range: Range; nameOf: (partnerId: string) => string }) => (
  <details class="mt-4">
    <summary class="cursor-pointer text-sm font-medium">As a table</summary>
    <div class="mt-2 overflow-x-auto">
      <DataTable columns={['Partner', 'Rule', 'Message', 'Would have fired', 'Lasted']}>
        <For each={props.alerts}>
          {(alert) => (
            <tr>
              <td>{props.nameOf(alert.partnerId)}</td>
              <td class="break-all">{alert.ruleId}</td>
              <td>{alert.message}</td>
              <td>
                <Time at={alert.firedAt} exact />
              </td>
              <td class="numeric whitespace-nowrap">
                {alert.resolvedAt
                  ? formatDuration(Date.parse(alert.resolvedAt) - Date.parse(alert.firedAt))
                  : `${formatDuration(props.range.to - Date.parse(alert.firedAt))}, still firing`}
              </td>
            </tr>
          )}
        </For>
      </DataTable>
    </div>
  </details>
)
