import { createMemo, For, Show } from 'solid-js'
import { LevelBadge } from '../../../components/badge.tsx'
import { Time } from '../../../components/time.tsx'
import { formatDuration } from '../../../time/format-time.ts'
import type { ChartGap } from './chart-data.ts'
import type { AlertMark } from './create-plot.ts'
import { describeGap } from './describe-gap.ts'

const shownNotes = 50

const GapList = (props: { gaps: readonly ChartGap[] }) => {
  const newest = createMemo(() => props.gaps.toReversed().slice(0, shownNotes))
  return (
    <details class="card p-3 text-sm">
      <summary class="cursor-pointer font-semibold">
        {props.gaps.length === 0 ? 'No gaps' : `${props.gaps.length} ${props.gaps.length === 1 ? 'gap' : 'gaps'}`} in this range
      </summary>
      <Show when={props.gaps.length > 0} fallback={<p class="mt-2 text-muted">Every capture of this range worked.</p>}>
        <ul class="mt-2 divide-y divide-line">
          <For each={newest()}>
            {(gap) => (
              <li class="flex flex-wrap justify-between gap-x-4 py-1.5">
                <span>{describeGap(gap)}</span>
                <span class="numeric text-muted">
                  <Time at={gap.from} exact />, {formatDuration(gap.to - gap.from)}
                </span>
              </li>
            )}
          </For>
        </ul>
        <Show when={props.gaps.length > shownNotes}>
          <p class="mt-2 text-muted">The newest {shownNotes}. Zoom in to see the others.</p>
        </Show>
      </Show>
    </details>
  )
}

const MarkList = (props: { marks: readonly AlertMark[] }) => (
  <details class="card p-3 text-sm">
    <summary class="cursor-pointer font-semibold">
      {props.marks.length === 0 ? 'No alert' : `${props.marks.length} ${props.marks.length === 1 ? 'alert' : 'alerts'}`} fired in this range
    </summary>
    <ul class="mt-2 divide-y divide-line">
      <For each={props.marks.slice(0, shownNotes)}>
        {(mark) => (
          <li class="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 py-1.5">
            <span class="flex items-center gap-2">
              <LevelBadge level={mark.level} />
              {mark.message}
            </span>
            <Time at={mark.at} exact class="text-muted" />
          </li>
        )}
      </For>
    </ul>
    <Show when={props.marks.length > shownNotes}>
      <p class="mt-2 text-muted">The newest {shownNotes}. Zoom in to see the others.</p>
    </Show>
  </details>
)

/** What the charts mark, in words. */
export const RangeNotes = (props: { gaps: readonly ChartGap[]; marks: readonly AlertMark[] }) => (
  <div class="grid items-start gap-3 lg:grid-cols-2">
    <GapList gaps={props.gaps} />
    <MarkList marks={props.marks} />
  </div>
)
