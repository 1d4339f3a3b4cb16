import { createUniqueId, type JSX, Show, splitProps } from 'solid-js'

export const inputClass =
  'w-full rounded-md border border-control bg-surface px-2.5 text-sm text-ink placeholder:text-muted disabled:opacity-60 aria-invalid:border-critical'

type Described = {
  label: string
  /** The label is for screen readers only. */
  hideLabel?: boolean | undefined
  description?: JSX.Element
  error?: string | undefined
  class?: string
}

/** A label, a control, what it means and what is wrong with it. `children` gets the ids that tie them together. */
export const Field = (
  props: Described & {
    children: (ids: { id: string; 'aria-describedby': string | undefined; 'aria-invalid': 'true' | undefined }) => JSX.Element
  },
) => {
  const id = createUniqueId()
  const described = () => [props.description && `${id}-description`, props.error && `${id}-error`].filter(Boolean).join(' ') || undefined
  return (
    <div class={`flex flex-col gap-1 ${props.class ?? ''}`}>
      <label for={id} class={props.hideLabel ? 'sr-only' : 'text-sm font-medium'}>
        {props.label}
      </label>
      {props.children({
        id,
        get 'aria-describedby'() {
          return described()
        },
        get 'aria-invalid'() {
          return props.error ? ('true' as const) : undefined
        },
      })}
      <Show when={props.error}>
        <p id={`${id}-error`} class="text-sm text-critical">
          {props.error}
        </p>
      </Show>
      <Show when={props.description}>
        <p id={`${id}-description`} class="text-xs text-muted">
          {props.description}
        </p>
      </Show>
    </div>
  )
}

type TextFieldProps = Described & {
  value: string
  onInput: (value: string) => void
  type?: 'text' | 'password' | 'number' | 'datetime-local' | 'search' | 'email'
  /** More than one: a text area with so many lines. */
  lines?: number
} & Pick<
    JSX.InputHTMLAttributes<HTMLInputElement>,
    'placeholder' | 'autocomplete' | 'required' | 'disabled' | 'min' | 'max' | 'step' | 'autofocus' | 'inputMode' | 'spellcheck' | 'name'
  >

export const TextField = (props: TextFieldProps) => {
  const [own, rest] = splitProps(props, ['label', 'hideLabel', 'description', 'error', 'class', 'value', 'onInput', 'lines'])
  return (
    <Field label={own.label} hideLabel={own.hideLabel} description={own.description} error={own.error} class={own.class ?? ''}>
      {(ids) => (
        <Show
          when={own.lines}
          fallback={
            <input
              type="text"
              {...rest}
              {...ids}
              value={own.value}
              onInput={(event) => own.onInput(event.currentTarget.value)}
              class={`${inputClass} h-9`}
            />
          }
        >
          <textarea
            {...ids}
            rows={own.lines}
            value={own.value}
            placeholder={rest.placeholder}
            disabled={rest.disabled}
            spellcheck={rest.spellcheck}
            onInput={(event) => own.onInput(event.currentTarget.value)}
            class={`${inputClass} py-2 font-mono`}
          />
        </Show>
      )}
    </Field>
  )
}
