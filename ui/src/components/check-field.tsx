import { createUniqueId, Show } from 'solid-js'

/** A yes or no, with what it means. */
export const CheckField = (props: {
  label: string
  checked: boolean
  onChange: (checked: boolean) => void
  description?: string
  disabled?: boolean
}) => {
  const id = createUniqueId()
  return (
    <div class="flex items-start gap-2">
      <input
        id={id}
        type="checkbox"
        checked={props.checked}
        disabled={props.disabled}
        aria-describedby={props.description ? `${id}-description` : undefined}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
        class="mt-0.5 size-4 shrink-0 accent-accent-fill"
      />
      <div>
        <label for={id} class="block text-sm">
          {props.label}
        </label>
        <Show when={props.description}>
          <p id={`${id}-description`} class="text-xs text-muted">
            {props.description}
          </p>
        </Show>
      </div>
    </div>
  )
}
