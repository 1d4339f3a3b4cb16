import CircleCheck from 'lucide-solid/icons/circle-check'
import CircleDashed from 'lucide-solid/icons/circle-dashed'
import CircleX from 'lucide-solid/icons/circle-x'
import { createMemo, For, Match, Switch } from 'solid-js'
import { isSameStep, type Step, stepsTo } from '../../../shared/reach/reach-error.ts'
import { Spinner } from '../components/spinner.tsx'
import type { ProbeStage } from './create-probe.ts'
import { stepName } from './probe-words.ts'

const StageLine = (props: { name: string; stage: ProbeStage | undefined; isNext: boolean; isRunning: boolean }) => (
  <li class="flex items-center gap-2 py-1 text-sm">
    <Switch>
      <Match when={props.stage?.ok}>
        <CircleCheck size={16} aria-hidden="true" class="text-ok" />
      </Match>
      <Match when={props.stage}>
        <CircleX size={16} aria-hidden="true" class="text-critical" />
      </Match>
      <Match when={props.isNext}>
        <span class="inline-flex size-4 items-center justify-center text-accent">
          <Spinner />
        </span>
      </Match>
      <Match when={true}>
        <CircleDashed size={16} aria-hidden="true" class="text-muted" />
      </Match>
    </Switch>
    <span class={props.stage || props.isNext ? '' : 'text-muted'}>{props.name}</span>
    <span class="numeric ml-auto text-xs text-muted">
      <Switch fallback={props.isRunning ? 'waiting' : 'not reached'}>
        <Match when={props.stage}>
          {(stage) => (
            <>
              {stage().ok ? 'passed' : 'failed'} · {Math.round(stage().ms)} ms
            </>
          )}
        </Match>
        <Match when={props.isNext}>runs</Match>
      </Switch>
    </span>
  </li>
)

/** The stages of a probe as they come in: passed, failed, running or still to come. */
export const ProbeStages = (props: { stages: readonly ProbeStage[]; isRunning: boolean; ssh: Parameters<typeof stepsTo>[0] }) => {
  const find = (step: Step) => props.stages.find((each) => isSameStep(each, step))
  // Whether the connection to the database is encrypted shows when that begins to matter.
  const steps = createMemo(() => stepsTo(props.ssh).filter((step) => step.stage !== 'db-tls' || find(step)))
  const next = () => (props.isRunning ? steps().find((step) => !find(step)) : undefined)
  return (
    <ol aria-label="Stages" class="divide-y divide-line">
      <For each={steps()}>
        {(step) => <StageLine name={stepName(step)} stage={find(step)} isNext={next() === step} isRunning={props.isRunning} />}
      </For>
    </ol>
  )
}
