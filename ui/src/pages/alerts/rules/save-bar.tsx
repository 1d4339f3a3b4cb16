import { Show } from 'solid-js'
import { Button } from '../../../components/button.tsx'
import type { RuleDraft } from './create-rule-draft.ts'

/** What can be done with edits that are not saved, also when somebody else saved other rules meanwhile. */
export const SaveBar = (props: { draft: RuleDraft; isBusy: boolean; problem: string | undefined; onSave: () => void }) => (
  <Show when={props.draft.isDirty()}>
    <section
      aria-label="Unsaved changes"
      class="sticky bottom-16 z-20 mt-3 flex flex-wrap items-center justify-between gap-3 rounded-lg border border-accent bg-surface p-3 shadow-pop sm:bottom-3"
    >
      <Show
        when={props.draft.isOutdated()}
        fallback={
          <>
            <p class="text-sm">
              <Show when={props.problem} fallback="These changes are not saved.">
                <span role="alert" class="text-critical">
                  {props.problem}
                </span>
              </Show>
            </p>
            <div class="flex gap-2">
              <Button onClick={props.draft.discard}>Discard</Button>
              <Button look="primary" busy={props.isBusy} onClick={props.onSave}>
                Save
              </Button>
            </div>
          </>
        }
      >
        <p role="alert" class="text-sm text-medium">
          Somebody else changed the rules since you began. Your changes are still here.
        </p>
        <div class="flex flex-wrap gap-2">
          <Button onClick={props.draft.discard}>Take theirs</Button>
          <Button look="danger" busy={props.isBusy} onClick={props.onSave}>
            Save mine over theirs
          </Button>
        </div>
      </Show>
    </section>
  </Show>
)
