import { For, Show } from 'solid-js'
import { Button } from '../../../components/button.tsx'
import type { PartnerFormModel } from './create-partner-form.ts'
import { describeChanges } from './describe-changes.ts'
import { valuesOfPartner } from './partner-values.ts'

/** Somebody else saved the partner meanwhile: what they changed, and a way to continue without losing what was entered. */
export const ConflictNotice = (props: { model: PartnerFormModel }) => {
  const changes = () => {
    const [before, now] = [props.model.saved(), props.model.theirs()]
    return before && now ? describeChanges(valuesOfPartner(before), valuesOfPartner(now), props.model.form.values) : []
  }
  return (
    <Show when={props.model.theirs()}>
      <div role="alert" class="flex flex-col gap-2 rounded-lg border border-medium bg-medium-soft p-4 text-sm">
        <p class="font-semibold text-medium">Somebody else changed this partner while you were editing. Nothing was saved yet.</p>
        <Show when={changes().length > 0} fallback={<p>Nothing that this form shows was changed.</p>}>
          <ul class="list-disc pl-5">
            <For each={changes()}>
              {(change) => (
                <li>
                  <strong>{change.label}</strong>: {change.was} → {change.is}
                  <Show when={change.mine !== null}> (you entered {change.mine}, which stays)</Show>
                </li>
              )}
            </For>
          </ul>
        </Show>
        <p>Your input is kept. Continue with their version, review it, and save again.</p>
        <div>
          <Button onClick={props.model.takeTheirs}>Continue with their version</Button>
        </div>
      </div>
    </Show>
  )
}
