import { createSignal, For, Show } from 'solid-js'
import { ChoiceField } from '../../components/choice-field.tsx'
import { TextField } from '../../components/text-field.tsx'
import { createPartnerNames } from './create-partner-names.ts'

const shownPartners = 50

/** All partners, or some that are chosen by name. `null`: all. */
export const PartnersField = (props: {
  label: string
  /** What "all" means here. */
  allLabel: string
  value: string[] | null
  onChange: (partnerIds: string[] | null) => void
  error?: string | undefined
}) => {
  const { options } = createPartnerNames()
  const [text, setText] = createSignal('')
  const chosen = () => new Set(props.value)
  const found = () => options().filter(({ label }) => label.toLowerCase().includes(text().trim().toLowerCase()))
  const toggle = (id: string, isChosen: boolean) => {
    const next = new Set(props.value)
    if (isChosen) next.add(id)
    else next.delete(id)
    props.onChange([...next])
  }
  return (
    <div class="flex flex-col gap-2">
      <ChoiceField
        label={props.label}
        options={[
          { value: 'all', label: props.allLabel },
          { value: 'chosen', label: props.value ? `Chosen partners (${props.value.length} chosen)` : 'Chosen partners' },
        ]}
        value={props.value === null ? 'all' : 'chosen'}
        onChange={(choice) => props.onChange(choice === 'all' ? null : [])}
      />
      <Show when={props.value !== null}>
        <div class="flex flex-col gap-2 rounded-md border border-line p-2">
          <TextField label="Find a partner" type="search" value={text()} onInput={setText} />
          <ul class="flex max-h-44 flex-col gap-1 overflow-y-auto p-1">
            <For each={found().slice(0, shownPartners)} fallback={<li class="text-sm text-muted">No partner has this name.</li>}>
              {(option) => (
                <li>
                  <label class="flex items-center gap-2 text-sm">
                    <input
                      type="checkbox"
                      checked={chosen().has(option.value)}
                      onChange={(event) => toggle(option.value, event.currentTarget.checked)}
                      class="size-4 accent-accent-fill"
                    />
                    {option.label}
                  </label>
                </li>
              )}
            </For>
          </ul>
          <Show when={found().length > shownPartners}>
            <p class="numeric text-xs text-muted">
              The first {shownPartners} of {found().length}: type more of the name.
            </p>
          </Show>
        </div>
      </Show>
      <Show when={props.error}>
        <p class="text-sm text-critical">{props.error}</p>
      </Show>
    </div>
  )
}
