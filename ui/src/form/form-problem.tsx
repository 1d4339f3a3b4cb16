import { For, Show } from 'solid-js'
import type { Issue } from '../../../shared/errors.ts'
import type { ApiError } from '../api/api-error.ts'

/** Why a form cannot be sent, where no field shows it. `fields`: the paths of those on screen. */
export const FormProblem = (props: {
  form: { problem: () => ApiError | undefined; otherErrors: (paths: readonly string[]) => readonly Issue[] }
  fields: readonly string[]
}) => {
  const others = () => props.form.otherErrors(props.fields)
  const whole = () => {
    const problem = props.form.problem()
    return problem && problem.issues.length === 0 ? problem : null
  }
  return (
    <Show when={whole() || others().length > 0}>
      <div role="alert" class="text-sm text-critical">
        <Show when={whole()}>
          {(problem) => (
            <p>
              {problem().message}
              {problem().requestId ? ` (request ${problem().requestId})` : ''}
            </p>
          )}
        </Show>
        <For each={others()}>{({ path, message }) => <p>{path ? `${path}: ${message}` : message}</p>}</For>
      </div>
    </Show>
  )
}
