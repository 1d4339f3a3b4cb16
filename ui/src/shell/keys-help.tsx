import { For } from 'solid-js'
import { Dialog } from '../components/dialog.tsx'
import { keys } from './keys.ts'

/** Lists what the keyboard does. */
const KeysHelp = (props: { onClose: () => void }) => (
  <Dialog isOpen onClose={props.onClose} title="Keys">
    <div class="flex flex-col gap-4">
      <For each={keys}>
        {(group) => (
          <section>
            <h3 class="mb-1 text-sm font-semibold text-muted">{group.group}</h3>
            <dl class="text-sm">
              <For each={group.keys}>
                {(key) => (
                  <div class="flex items-center justify-between gap-4 py-1">
                    <dt>{key.does}</dt>
                    <dd class="flex gap-1">
                      <For each={key.press}>
                        {(press) => <kbd class="rounded border border-line bg-sunken px-1.5 font-mono text-xs">{press}</kbd>}
                      </For>
                    </dd>
                  </div>
                )}
              </For>
            </dl>
          </section>
        )}
      </For>
    </div>
  </Dialog>
)

export default KeysHelp
