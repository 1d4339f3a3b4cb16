import CircleCheck from 'lucide-solid/icons/circle-check'
import CircleX from 'lucide-solid/icons/circle-x'
import { type JSX, Match, Show, Switch } from 'solid-js'
import { ErrorState } from '../components/states.tsx'
import type { Probe } from './create-probe.ts'
import { ProbeDatabase } from './probe-database.tsx'
import { ProbeStages } from './probe-stages.tsx'
import { reasonWords } from './probe-words.ts'

/** A probe while it runs, and its result; `children` asks the user about a host key. */
export const ProbeReport = (props: { probe: Probe; throughSsh: boolean; children?: JSX.Element }) => {
  const { state } = props.probe
  return (
    <div class="flex flex-col gap-3">
      <ProbeStages stages={state.stages} isRunning={state.isRunning} throughSsh={props.throughSsh} />
      <div aria-live="polite" class="flex flex-col gap-3 empty:hidden">
        <Switch>
          <Match when={state.error}>
            <ErrorState error={state.error} onRetry={props.probe.run} />
          </Match>
          <Match when={state.result?.ok}>
            <p class="flex items-start gap-2 rounded-md bg-ok-soft px-3 py-2 text-sm text-ok">
              <CircleCheck size={18} aria-hidden="true" class="mt-px shrink-0" />
              <span class="numeric">
                {state.result?.message} It took {state.result?.responseTimeMs} ms.
              </span>
            </p>
          </Match>
          <Match when={state.result}>
            {(result) => (
              <div class="flex items-start gap-2 rounded-md bg-critical-soft px-3 py-2 text-sm">
                <CircleX size={18} aria-hidden="true" class="mt-px shrink-0 text-critical" />
                <div class="min-w-0 wrap-anywhere">
                  <p class="font-semibold text-critical">{reasonWords(result().reason ?? '').title}</p>
                  <p>{result().message}</p>
                  <p class="text-muted">{reasonWords(result().reason ?? '').advice}</p>
                </div>
              </div>
            )}
          </Match>
        </Switch>
        <Show when={state.result}>{(result) => <ProbeDatabase result={result()} />}</Show>
      </div>
      <Show when={!state.isRunning}>{props.children}</Show>
    </div>
  )
}
