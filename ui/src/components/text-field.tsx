import { TextField as Kobalte } from '@kobalte/core/text-field'
import { type JSX, Show, splitProps } from 'solid-js'
import { inputClass } from './input-class.ts'

type TextFieldProps = {
  label: string
  /** The label is for screen readers only. */
  hideLabel?: boolean | undefined
  description?: JSX.Element
  error?: string | undefined
  class?: string
  value: string
  onInput: (value: string) => void
  /** More than one: a text area with so many lines. */
  lines?: number
} & Pick<
  JSX.InputHTMLAttributes<HTMLInputElement>,
  | 'name'
  | 'type'
  | 'placeholder'
  | 'autocomplete'
  | 'required'
  | 'disabled'
  | 'min'
  | 'max'
  | 'list'
  | 'autofocus'
  | 'inputMode'
  | 'spellcheck'
>

/** A text with its label, what it means and what is wrong with it. */
export const TextField = (props: TextFieldProps) => {
  const [own, input] = splitProps(props, [
    'label',
    'hideLabel',
    'description',
    'error',
    'class',
    'value',
    'onInput',
    'lines',
    'required',
    'disabled',
  ])
  return (
    <Kobalte
      class={`flex flex-col gap-1 ${own.class ?? ''}`}
      value={own.value}
      onChange={own.onInput}
      required={own.required ?? false}
      disabled={own.disabled ?? false}
      validationState={own.error ? 'invalid' : 'valid'}
    >
      <Kobalte.Label class={own.hideLabel ? 'sr-only' : 'text-sm font-medium'}>{own.label}</Kobalte.Label>
      <Show when={own.lines} fallback={<Kobalte.Input {...input} class={`${inputClass} h-9`} />}>
        <Kobalte.TextArea
          rows={own.lines}
          placeholder={input.placeholder}
          spellcheck={input.spellcheck}
          class={`${inputClass} py-2 font-mono`}
        />
      </Show>
      <Kobalte.ErrorMessage class="text-sm text-critical">{own.error}</Kobalte.ErrorMessage>
      <Show when={own.description}>
        <Kobalte.Description class="text-xs text-muted">{own.description}</Kobalte.Description>
      </Show>
    </Kobalte>
  )
}
