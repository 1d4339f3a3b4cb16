import X from 'lucide-solid/icons/x'
import { createMemo, For, Show } from 'solid-js'
import { ApiError } from '../../api/api-error.ts'
import { IconButton } from '../../components/button.tsx'
import type { Capture } from '../../fleet/create-capture.ts'
import type { FleetRow } from '../../fleet/fleet.ts'

/** The progress of the captures that were started, and which failed. */
const CaptureProgress = (props: { capture: Capture; rows: Readonly<Record<string, FleetRow>> }) => {
  const counts = createMemo(() => {
    const steps = [...props.capture.steps().values()]
    return {
      all: steps.length,
      over: steps.filter(({ name }) => name !== 'running').length,
      failed: steps.filter(({ name }) => name === 'failed').length,
    }
  })
  const failures = () =>
    [...props.capture.steps()].flatMap(([id, step]) =>
      step.name === 'failed' ? [{ name: props.rows[id]?.partner.partnerName ?? id, message: step.message }] : [],
    )
  const text = () => {
    const { all, over, failed } = counts()
    const failedText = failed > 0 ? `, ${failed} failed` : ''
    return props.capture.isRunning()
      ? `Capturing: ${over} of ${all} done${failedText}`
      : `Captured ${over - failed} of ${all} ${all === 1 ? 'partner' : 'partners'}${failedText}.`
  }
  const problem = () => {
    const cause = props.capture.error()
    return cause === null ? null : cause instanceof ApiError ? cause.message : 'Something went wrong.'
  }
  return (
    <section aria-label="Capture" class="card mb-4 px-3 py-2 text-sm">
      <div class="flex items-center gap-3">
        <p role="status" class="numeric">
          {text()}
        </p>
        <progress
          aria-label="Captures done"
          class="h-1.5 min-w-16 flex-1 accent-accent-fill"
          max={counts().all || 1}
          value={counts().over}
        />
        <Show when={!props.capture.isRunning()}>
          <IconButton label="Close" onClick={props.capture.clear}>
            <X size={15} aria-hidden="true" />
          </IconButton>
        </Show>
      </div>
      <Show when={problem()}>
        <p role="alert" class="mt-1 text-critical">
          {problem()}
        </p>
      </Show>
      <Show when={failures().length > 0}>
        <details class="mt-1">
          <summary class="text-muted">What failed</summary>
          <ul class="mt-1 max-h-48 overflow-y-auto">
            <For each={failures()}>
              {({ name, message }) => (
                <li>
                  <bdi class="font-medium">{name}</bdi>: {message}
                </li>
              )}
            </For>
          </ul>
        </details>
      </Show>
    </section>
  )
}

export default CaptureProgress
