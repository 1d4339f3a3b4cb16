import { Combobox } from '@kobalte/core/combobox'
import Check from 'lucide-solid/icons/check'
import ChevronsUpDown from 'lucide-solid/icons/chevrons-up-down'
import { createSignal, Show } from 'solid-js'

type Option = { value: string; label: string }

const shownOptions = 50

type ComboboxFieldProps = {
  label: string
  options: readonly Option[]
  value: string | null
  onChange: (value: string) => void
  placeholder?: string
  error?: string | undefined
  /** The label is for screen readers only. */
  hideLabel?: boolean
  class?: string
}

/** A choice of one among many, found by typing a part of its name. */
export const ComboboxField = (props: ComboboxFieldProps) => {
  const [text, setText] = createSignal('')
  const chosen = () => props.options.find(({ value }) => value === props.value) ?? null
  // The field holds the name of the choice, which as a filter would leave only that choice.
  const found = () => {
    const part = text() === chosen()?.label ? '' : text().trim().toLowerCase()
    const some = props.options.filter(({ label }) => label.toLowerCase().includes(part)).slice(0, shownOptions)
    const current = chosen()
    return current && !some.includes(current) ? [...some, current] : some
  }
  return (
    <Combobox<Option>
      class={`flex flex-col gap-1 ${props.class ?? ''}`}
      options={found()}
      optionValue="value"
      optionTextValue="label"
      optionLabel="label"
      defaultFilter={() => true}
      value={chosen()}
      onChange={(option) => option && props.onChange(option.value)}
      onInputChange={setText}
      onOpenChange={(isOpen) => isOpen && setText('')}
      triggerMode="focus"
      placeholder={props.placeholder ?? ''}
      validationState={props.error ? 'invalid' : 'valid'}
      gutter={4}
      itemComponent={(item) => (
        <Combobox.Item
          item={item.item}
          class="flex items-center justify-between gap-3 rounded-md px-2 py-1.5 text-sm outline-none data-[highlighted]:bg-sunken"
        >
          <Combobox.ItemLabel>{item.item.rawValue.label}</Combobox.ItemLabel>
          <Combobox.ItemIndicator>
            <Check size={14} aria-hidden="true" />
          </Combobox.ItemIndicator>
        </Combobox.Item>
      )}
    >
      <Combobox.Label class={props.hideLabel ? 'sr-only' : 'text-sm font-medium'}>{props.label}</Combobox.Label>
      <Combobox.Control class="flex h-9 items-center gap-1 rounded-md border border-control bg-surface pr-1 focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-accent">
        <Combobox.Input class="min-w-0 flex-1 bg-transparent px-2.5 text-sm outline-none placeholder:text-muted" />
        <Combobox.Trigger class="p-1 text-muted">
          <ChevronsUpDown size={14} aria-hidden="true" />
        </Combobox.Trigger>
      </Combobox.Control>
      <Show when={props.error}>
        <Combobox.ErrorMessage class="text-sm text-critical">{props.error}</Combobox.ErrorMessage>
      </Show>
      <Combobox.Portal>
        {/* In the top layer, a dialog that is open does not hide it. */}
        <Combobox.Content data-kb-top-layer="" class="z-60 rounded-lg border border-line bg-surface p-1 shadow-pop">
          <Combobox.Listbox class="max-h-72 overflow-y-auto outline-none" />
        </Combobox.Content>
      </Combobox.Portal>
    </Combobox>
  )
}
