import ArrowDown from 'lucide-solid/icons/arrow-down'
import ArrowUp from 'lucide-solid/icons/arrow-up'
import Plus from 'lucide-solid/icons/plus'
import Trash from 'lucide-solid/icons/trash'
import { Index, Show } from 'solid-js'
import { maxJumps } from '../../../../../shared/partner/connection-schema.ts'
import { Button, IconButton } from '../../../components/button.tsx'
import type { PartnerFormModel } from './create-partner-form.ts'
import { newLoginValues, savedJump } from './partner-values.ts'
import { SshLoginFields } from './ssh-login-fields.tsx'

/** The hops through which the SSH server is reached, in order. */
export const JumpFields = (props: { model: PartnerFormModel }) => {
  const { form, saved } = props.model
  const jumps = () => form.values.ssh.jumps
  const move = (from: number, to: number) =>
    form.setValues('ssh', 'jumps', (before) => {
      const moved = before.filter((_, index) => index !== from)
      return [...moved.slice(0, to), ...before.slice(from, from + 1), ...moved.slice(to)]
    })
  const remove = (at: number) => form.setValues('ssh', 'jumps', (before) => before.filter((_, index) => index !== at))
  return (
    <div class="flex flex-col gap-4">
      <Index each={jumps()}>
        {(jump, index) => (
          <fieldset class="flex min-w-0 flex-col gap-4 rounded-md border border-line p-3" aria-label={`Hop ${index + 1}`}>
            <div class="flex items-center justify-between">
              <span class="text-sm font-semibold" aria-hidden="true">
                Hop {index + 1}
              </span>
              <span class="flex">
                <IconButton label={`Move hop ${index + 1} up`} disabled={index === 0} onClick={() => move(index, index - 1)}>
                  <ArrowUp size={16} aria-hidden="true" />
                </IconButton>
                <IconButton
                  label={`Move hop ${index + 1} down`}
                  disabled={index === jumps().length - 1}
                  onClick={() => move(index, index + 1)}
                >
                  <ArrowDown size={16} aria-hidden="true" />
                </IconButton>
                <IconButton label={`Remove hop ${index + 1}`} onClick={() => remove(index)}>
                  <Trash size={16} aria-hidden="true" />
                </IconButton>
              </span>
            </div>
            <SshLoginFields
              form={form}
              path={`ssh.jumps.${index}`}
              values={jump()}
              onChange={(changes) => form.setValues('ssh', 'jumps', index, changes)}
              saved={savedJump(saved(), index, jump())}
            />
          </fieldset>
        )}
      </Index>
      <Show when={jumps().length < maxJumps}>
        <div class="flex flex-wrap items-center gap-3">
          <Button size="small" onClick={() => form.setValues('ssh', 'jumps', jumps().length, newLoginValues())}>
            <Plus size={14} aria-hidden="true" />
            Add a hop
          </Button>
          <p class="text-sm text-muted">
            {jumps().length === 0
              ? 'When the SSH server is only reached through another one (ProxyJump).'
              : 'The hops are gone through in this order, then comes the SSH server above.'}
          </p>
        </div>
      </Show>
    </div>
  )
}
