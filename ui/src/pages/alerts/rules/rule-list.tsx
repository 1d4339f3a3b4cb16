import { createSignal, Index } from 'solid-js'
import type { RuleDraft } from './create-rule-draft.ts'
import { RuleItem } from './rule-item.tsx'

/** The rules in their order. A rule that moves takes the focus with it. */
export const RuleList = (props: { draft: RuleDraft; onEdit: (index: number) => void }) => {
  let list: HTMLOListElement | undefined
  const [said, say] = createSignal('')
  const move = (index: number, by: -1 | 1) => {
    const id = props.draft.rules()[index]?.id
    if (id === undefined || !props.draft.move(index, by)) return
    say(`${id} is now number ${index + by + 1} of ${props.draft.rules().length}.`)
    const item = list?.querySelector(`[data-rule="${CSS.escape(id)}"]`)
    const buttons = [`[data-move="${by}"]`, `[data-move="${-by}"]`].map((selector) => item?.querySelector<HTMLButtonElement>(selector))
    buttons.find((button) => button && !button.disabled)?.focus()
  }
  return (
    <>
      <ol ref={list} class="card">
        <Index each={props.draft.rules()}>
          {(rule, index) => (
            <RuleItem
              rule={rule()}
              position={index + 1}
              count={props.draft.rules().length}
              onToggle={(isOn) => props.draft.replace(index, { ...rule(), isOn })}
              onMove={(by) => move(index, by)}
              onEdit={() => props.onEdit(index)}
              onRemove={() => props.draft.remove(index)}
            />
          )}
        </Index>
      </ol>
      <p role="status" class="sr-only">
        {said()}
      </p>
    </>
  )
}
