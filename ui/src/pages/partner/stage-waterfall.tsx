import { For } from 'solid-js'
import type { Hop } from '../../../../shared/reach/reach-error.ts'
import { stepName } from '../../probe/probe-words.ts'

type Stage = { stage: string; hop?: Hop | undefined; ok: boolean; ms: number }

const leastPercent = 1.5

/** The stages of an attempt, one after the other, each as long as it took. */
export const StageWaterfall = (props: { stages: readonly Stage[] }) => {
  const total = () =>
    Math.max(
      1,
      props.stages.reduce((sum, { ms }) => sum + ms, 0),
    )
  const start = (index: number) => props.stages.slice(0, index).reduce((sum, { ms }) => sum + ms, 0)
  const percent = (ms: number) => (ms / total()) * 100
  return (
    <ol class="w-full max-w-md text-xs" aria-label="Stages">
      <For each={props.stages}>
        {(stage, index) => (
          <li class="grid grid-cols-[9.5rem_1fr_4.5rem] items-center gap-2 py-0.5">
            <span class={stage.ok ? '' : 'font-semibold text-critical'}>
              {stepName(stage)}
              {stage.ok ? '' : ' failed'}
            </span>
            <span aria-hidden="true" class="relative h-2 overflow-hidden rounded-sm bg-sunken">
              <span
                class={`absolute inset-y-0 rounded-sm ${stage.ok ? 'bg-accent' : 'bg-critical'}`}
                style={{
                  left: `${Math.min(percent(start(index())), 100 - leastPercent)}%`,
                  width: `${Math.max(percent(stage.ms), leastPercent)}%`,
                }}
              />
            </span>
            <span class="numeric text-right text-muted">{Math.round(stage.ms)} ms</span>
          </li>
        )}
      </For>
    </ol>
  )
}
