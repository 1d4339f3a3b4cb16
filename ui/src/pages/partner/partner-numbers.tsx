import { For, type JSX, Show } from 'solid-js'
import { LevelBadge } from '../../components/badge.tsx'
import { Time } from '../../components/time.tsx'
import { UtilizationBar } from '../../components/utilization-bar.tsx'
import type { FleetRow } from '../../fleet/fleet.ts'

type Snapshot = NonNullable<FleetRow['snapshot']>

const number = new Intl.NumberFormat('en-US')

const Figure = (props: { label: string; children: JSX.Element }) => (
  <div class="min-w-0">
    <dt class="text-xs text-muted">{props.label}</dt>
    <dd class="numeric text-lg font-semibold">{props.children}</dd>
  </div>
)

const remaining = 'Remaining'

const counts: readonly [label: string, count: (snapshot: Snapshot) => number][] = [
  ['Running campaigns', ({ runningCampaigns }) => runningCampaigns],
  ['Campaigns today', ({ campaignsToday }) => campaignsToday],
  ['Queued', ({ queuedCalls }) => queuedCalls],
  [remaining, ({ remainingCalls }) => remainingCalls],
  ['Completed today', ({ completedCallsToday }) => completedCallsToday],
  ['Voicemail', ({ voicemailCount }) => voicemailCount],
  ['Ended by the customer', ({ customerEndedCount }) => customerEndedCount],
]

/** What the last capture that worked found, and how old it is. Only those of a partner whose captures work are current. */
export const PartnerNumbers = (props: { state: FleetRow['state']; snapshot: Snapshot | null }) => (
  <section aria-labelledby="partner-numbers" class="card mb-4 p-4">
    <Show
      when={props.state === 'ok' ? null : props.snapshot}
      fallback={
        <h2 id="partner-numbers" class="sr-only">
          Current numbers
        </h2>
      }
    >
      {(snapshot) => (
        <div class="mb-3 flex flex-wrap items-baseline gap-x-2 text-sm">
          <h2 id="partner-numbers" class="font-semibold">
            Last known numbers
          </h2>
          <span class="text-muted">
            as of <Time at={snapshot().snapshotTime} />: they are not current.
          </span>
        </div>
      )}
    </Show>
    <Show when={props.snapshot} fallback={<p class="text-sm text-muted">There are no numbers yet: no capture has worked so far.</p>}>
      {(snapshot) => (
        <>
          <dl class="grid grid-cols-2 gap-x-4 gap-y-3 sm:grid-cols-4 xl:grid-cols-8">
            <Figure label="Active / limit">
              {number.format(snapshot().activeCalls)} / {number.format(snapshot().concurrencyLimit)}
              <span class="block font-normal">
                <UtilizationBar percent={snapshot().utilizationPercent} />
              </span>
            </Figure>
            <For each={counts}>
              {([label, count]) => (
                <Figure label={label}>
                  {number.format(count(snapshot()))}
                  <Show when={label === remaining && snapshot().remainingCallsAt !== snapshot().snapshotTime}>
                    <span class="block text-xs font-normal text-muted">
                      counted <Time at={snapshot().remainingCallsAt} />
                    </span>
                  </Show>
                </Figure>
              )}
            </For>
          </dl>
          <p class="mt-3 flex flex-wrap items-center gap-2 border-t border-line pt-3 text-sm text-muted">
            <LevelBadge level={snapshot().alertLevel} />
            <Show when={snapshot().alertMessage}>
              <span class="text-ink">{snapshot().alertMessage}</span>
            </Show>
            <Show when={snapshot().pauseAllCampaigns}>
              <span class="font-medium text-medium">All campaigns are paused.</span>
            </Show>
            <span class="ml-auto">
              Captured <Time at={snapshot().snapshotTime} /> in {Math.round(snapshot().captureMs)} ms
            </span>
          </p>
        </>
      )}
    </Show>
  </section>
)
