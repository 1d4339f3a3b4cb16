import CircleCheck from 'lucide-solid/icons/circle-check'
import CircleX from 'lucide-solid/icons/circle-x'
import { For, type JSX, Match, Show, Switch } from 'solid-js'
import type { stepsTo } from '../../../shared/reach/reach-error.ts'
import { ErrorState } from '../components/states.tsx'
import { Time } from '../components/time.tsx'
import type { Probe } from './create-probe.ts'
import { ProbeDatabase } from './probe-database.tsx'
import { ProbeStages } from './probe-stages.tsx'
import { reasonWords } from './probe-words.ts'

type Tls = NonNullable<NonNullable<Probe['state']['result']>['tls']>

const TlsFacts = (props: { tls: Tls }) => (
  <p class="text-sm text-muted wrap-anywhere">
    The connection to the database is encrypted with {props.tls.protocol}, {props.tls.cipher}.{' '}
    <Show when={props.tls.certificate}>
      {(certificate) => (
        <>
          Its certificate is for {certificate().subject}, issued by {certificate().issuer}, and ends{' '}
          <Time at={certificate().notAfter} exact />.
        </>
      )}
    </Show>
  </p>
)

/** A probe while it runs, and its result; `children` asks the user about a host key. */
export const ProbeReport = (props: { probe: Probe; ssh: Parameters<typeof stepsTo>[0]; children?: JSX.Element }) => {
  const { state } = props.probe
  return (
    <div class="flex flex-col gap-3">
      <ProbeStages stages={state.stages} isRunning={state.isRunning} ssh={props.ssh} />
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
            <Show when={state.result?.tls}>{(tls) => <TlsFacts tls={tls()} />}</Show>
            <For each={state.result?.notes}>{(note) => <p class="rounded-md bg-sunken px-3 py-2 text-sm wrap-anywhere">{note}</p>}</For>
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
