import { Select } from '@kobalte/core/select'
import Check from 'lucide-solid/icons/check'
import ChevronsUpDown from 'lucide-solid/icons/chevrons-up-down'
import { Show } from 'solid-js'

type Option<Value extends string> = { value: Value; label: string }

type SelectFieldProps<Value extends string> = {
  label: string
  options: readonly Option<Value>[]
  value: Value
  onChange: (value: Value) => void
  description?: string
  error?: string | undefined
  disabled?: boolean
  /** The label is for screen readers only. */
  hideLabel?: boolean
  class?: string
}

/** A choice of one among a few. */
export const SelectField = <Value extends string>(props: SelectFieldProps<Value>) => (
  <Select<Option<Value>>
    class={`flex flex-col gap-1 ${props.class ?? ''}`}
    options={[...props.options]}
    optionValue="value"
    optionTextValue="label"
    value={props.options.find((option) => option.value === props.value) ?? null}
    onChange={(option) => option && props.onChange(option.value)}
    disallowEmptySelection
    disabled={props.disabled ?? false}
    validationState={props.error ? 'invalid' : 'valid'}
    gutter={4}
    itemComponent={(item) => (
      <Select.Item
        item={item.item}
        class="flex items-center justify-between gap-3 rounded-md px-2 py-1.5 text-sm outline-none data-[highlighted]:bg-sunken"
      >
        <Select.ItemLabel>{item.item.rawValue.label}</Select.ItemLabel>
        <Select.ItemIndicator>
          <Check size={14} aria-hidden="true" />
        </Select.ItemIndicator>
      </Select.Item>
    )}
  >
    <Select.Label class={props.hideLabel ? 'sr-only' : 'text-sm font-medium'}>{props.label}</Select.Label>
    <Select.Trigger class="flex h-9 items-center justify-between gap-2 rounded-md border border-control bg-surface px-2.5 text-left text-sm data-[disabled]:opacity-60">
      <Select.Value<Option<Value>> class="truncate">{(state) => state.selectedOption().label}</Select.Value>
      <Select.Icon>
        <ChevronsUpDown size={14} aria-hidden="true" class="text-muted" />
      </Select.Icon>
    </Select.Trigger>
    <Show when={props.error}>
      <Select.ErrorMessage class="text-sm text-critical">{props.error}</Select.ErrorMessage>
    </Show>
    <Show when={props.description}>
      <Select.Description class="text-xs text-muted">{props.description}</Select.Description>
    </Show>
    <Select.Portal>
      {/* In the top layer, a dialog that is open does not hide it. */}
      <Select.Content data-kb-top-layer="" class="z-60 rounded-lg border border-line bg-surface p-1 shadow-pop">
        <Select.Listbox class="max-h-72 overflow-y-auto outline-none" />
      </Select.Content>
    </Select.Portal>
  </Select>
)
