import Rewind from 'lucide-solid/icons/rewind'
import { createSignal, onCleanup, Show } from 'solid-js'
import { useClient } from '../../../api/api-context.tsx'
import { read } from '../../../api/client.ts'
import { Button } from '../../../components/button.tsx'
import { ErrorState } from '../../../components/states.tsx'
import { useFleet } from '../../../fleet/fleet-context.tsx'
import type { PreviewedAlert, RuleView } from '../alert-views.ts'
import { createPartnerNames } from '../create-partner-names.ts'
import { layOutPreview } from './lay-out-preview.ts'
import { PreviewList, PreviewTimeline } from './preview-timeline.tsx'
import { toRuleList } from './rule-form.ts'

const hours = 24
const hourMs = 3_600_000
/** Few enough that no request takes long and a large fleet shows progress. */
const partnersPerRequest = 50

type Preview = { alerts: readonly PreviewedAlert[]; rules: string; range: { from: number; to: number } }

const countOf = (alerts: readonly PreviewedAlert[]) => {
  const partners = new Set(alerts.map(({ partnerId }) => partnerId)).size
  return `${alerts.length} ${alerts.length === 1 ? 'alert' : 'alerts'} for ${partners} ${partners === 1 ? 'partner' : 'partners'}`
}

/** What the rules on screen, saved or not, would have fired over the last day. */
export const RulesPreview = (props: { rules: readonly RuleView[] }) => {
  const client = useClient()
  const { nameOf } = createPartnerNames()
  const { state } = useFleet()
  const activeIds = () => state.ids.filter((id) => state.rows[id]?.partner.isActive)
  const [preview, setPreview] = createSignal<Preview>()
  const [error, setError] = createSignal<unknown>()
  const [asked, setAsked] = createSignal<{ done: number; of: number }>()
  const leaving = new AbortController()
  onCleanup(() => leaving.abort())
  const ask = async (rules: ReturnType<typeof toRuleList>, partnerIds?: string[]) => {
    const json = { hours, rules, ...(partnerIds && { partnerIds }) }
    return (await read(client.alerts.rules.preview.$post({ json }, { init: { signal: leaving.signal } }))).alerts
  }
  const run = async () => {
    const rules = toRuleList(props.rules)
    const ids = activeIds()
    setError(undefined)
    setAsked({ done: 0, of: ids.length })
    try {
      // Before the fleet is known, all of it is asked for at once.
      const alerts = ids.length === 0 ? await ask(rules) : []
      for (let done = 0; done < ids.length; done += partnersPerRequest) {
        setAsked({ done, of: ids.length })
        alerts.push(...(await ask(rules, ids.slice(done, done + partnersPerRequest))))
      }
      const to = Date.now()
      setPreview({ alerts, rules: JSON.stringify(rules), range: { from: to - hours * hourMs, to } })
    } catch (cause) {
      if (!leaving.signal.aborted) setError(cause)
    } finally {
      setAsked(undefined)
    }
  }
  return (
    <section class="card mt-4 p-4">
      <div class="flex flex-wrap items-center justify-between gap-3">
        <div>
          <h2 class="font-semibold">What would have fired</h2>
          <p class="text-sm text-muted">The rules above, with what is not saved yet, on the snapshots of the last {hours} hours.</p>
        </div>
        <div class="flex items-center gap-3">
          <p role="status" class="numeric text-sm text-muted">
            <Show when={asked()}>
              {(progress) => progress().of > partnersPerRequest && `${progress().done} of ${progress().of} partners`}
            </Show>
          </p>
          <Button busy={asked() !== undefined} onClick={run}>
            <Rewind size={15} aria-hidden="true" />
            Preview
          </Button>
        </div>
      </div>
      <Show when={error()}>
        <div class="mt-3">
          <ErrorState error={error()} onRetry={run} />
        </div>
      </Show>
      <div aria-live="polite" class="mt-3">
        <Show when={preview()} keyed>
          {({ alerts, rules, range }) => (
            <>
              <p class="numeric mb-3 text-sm font-medium">
                {alerts.length === 0 ? 'Nothing would have fired.' : `${countOf(alerts)}.`}
                <Show when={JSON.stringify(props.rules) !== rules}>
                  <span class="ml-2 font-normal text-medium">The rules were changed since: preview them again.</span>
                </Show>
              </p>
              <Show when={alerts.length > 0}>
                <PreviewTimeline partners={layOutPreview(alerts, range, nameOf)} range={range} />
                <PreviewList alerts={alerts} range={range} nameOf={nameOf} />
              </Show>
            </>
          )}
        </Show>
      </div>
    </section>
  )
}
