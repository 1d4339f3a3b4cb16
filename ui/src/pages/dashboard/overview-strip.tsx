import { A } from '@solidjs/router'
import { For, Show } from 'solid-js'
import { Time } from '../../components/time.tsx'
import type { Fleet } from '../../fleet/fleet.ts'

type Overview = NonNullable<Fleet['overview']>

const numberFormat = new Intl.NumberFormat('en-US')
const figures: readonly { name: string; of: (overview: Overview) => number; unit?: string }[] = [
  { name: 'Running campaigns', of: (overview) => overview.runningCampaigns },
  { name: 'Active calls', of: (overview) => overview.activeCalls },
  { name: 'Queue', of: (overview) => overview.queuedCalls },
  { name: 'Completed today', of: (overview) => overview.completedCallsToday },
  { name: 'Remaining', of: (overview) => overview.remainingCalls },
  { name: 'Average utilization', of: (overview) => Math.round(overview.avgUtilization), unit: ' %' },
]

/** The totals of the fleet, and how many partners they cover. Without any, they are unknown. */
export const OverviewStrip = (props: { overview: Overview }) => {
  const missing = () => props.overview.activePartners - props.overview.coveredPartners
  return (
    <section aria-label="Totals" class="mb-4">
      <dl class="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line sm:grid-cols-3 lg:grid-cols-6">
        <For each={figures}>
          {({ name, of, unit }) => (
            <div class="bg-surface px-3 py-2">
              <dt class="truncate text-xs text-muted">{name}</dt>
              <dd class="numeric text-xl font-semibold">
                <Show when={props.overview.coveredPartners > 0} fallback={<span title="No partner has current numbers">–</span>}>
                  {numberFormat.format(of(props.overview))}
                  {unit}
                </Show>
              </dd>
            </div>
          )}
        </For>
      </dl>
      <p class="mt-1.5 text-xs text-muted">
        Totals of {props.overview.coveredPartners} of {props.overview.activePartners} active{' '}
        {props.overview.activePartners === 1 ? 'partner' : 'partners'}.
        <Show when={props.overview.remainingCallsAt}>
          {(oldest) => (
            <>
              {' '}
              Some remaining calls are counted less often, the oldest <Time at={oldest()} />.
            </>
          )}
        </Show>
        <Show when={missing() > 0}>
          {' '}
          <A href="/?state=error,failing,stale,never" class="text-accent underline">
            {missing()} without current numbers
          </A>
        </Show>
      </p>
    </section>
  )
}
