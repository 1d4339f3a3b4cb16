import { createUniqueId, For, Show } from 'solid-js'

/** A choice of one among a few that are all on screen, each with what it means. */
export const ChoiceField = <Value extends string>(props: {
  label: string
  options: readonly { value: Value; label: string; description?: string }[]
  value: Value
  onChange: (value: Value) => void
}) => {
  const name = createUniqueId()
  return (
    <fieldset class="flex flex-col gap-1.5">
      <legend class="mb-1 text-sm font-medium">{props.label}</legend>
      <For each={props.options}>
        {(option) => {
          const id = createUniqueId()
          return (
            <div class="flex items-start gap-2">
              <input
                id={id}
                type="radio"
                name={name}
                value={option.value}
                checked={props.value === option.value}
                aria-describedby={option.description ? `${id}-description` : undefined}
                onChange={() => props.onChange(option.value)}
                class="mt-0.5 size-4 shrink-0 accent-accent-fill"
              />
              <div>
                <label for={id} class="block text-sm">
                  {option.label}
                </label>
                <Show when={option.description}>
                  <p id={`${id}-description`} class="text-xs text-muted">
                    {option.description}
                  </p>
                </Show>
              </div>
            </div>
          )
        }}
      </For>
    </fieldset>
  )
}
