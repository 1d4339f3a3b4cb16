import { For, type ParentProps, Show } from 'solid-js'

/** A table of rows; each is a card of its own on a phone. `hasActions`: the last column holds the actions of the row. */
export const DataTable = (props: ParentProps<{ columns: readonly string[]; hasActions?: boolean }>) => (
  <table class="data-table">
    <thead>
      <tr>
        <For each={props.columns}>{(name) => <th scope="col">{name}</th>}</For>
        <Show when={props.hasActions}>
          <th scope="col">
            <span class="sr-only">Actions</span>
          </th>
        </Show>
      </tr>
    </thead>
    <tbody>{props.children}</tbody>
  </table>
)
