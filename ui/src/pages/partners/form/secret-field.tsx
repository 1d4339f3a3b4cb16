import { Show } from 'solid-js'
import { Button } from '../../../components/button.tsx'
import { TextField } from '../../../components/text-field.tsx'
import type { SecretValue } from './partner-values.ts'

type SecretFieldProps = {
  label: string
  secret: SecretValue
  onChange: (secret: SecretValue) => void
  onLeave: () => void
  isStored: boolean
  error?: string | undefined
  lines?: number
  placeholder?: string
  description?: string
}

/** A secret that can be set, replaced and cleared, and never read. */
export const SecretField = (props: SecretFieldProps) => {
  const isKept = () => props.isStored && !props.secret.isCleared && props.secret.text === ''
  const description = () => {
    if (props.secret.isCleared) return 'Will be removed when you save.'
    if (isKept()) return 'Stored for this server and user. Leave empty to keep it; enter it again when you change them.'
    return props.isStored ? 'Replaces the stored one when you save.' : props.description
  }
  return (
    <div class="flex flex-col gap-1" onFocusOut={props.onLeave}>
      <TextField
        label={props.label}
        value={props.secret.text}
        onInput={(text) => props.onChange({ text, isCleared: false })}
        error={props.error}
        description={description()}
        placeholder={isKept() ? '••••••••' : (props.placeholder ?? '')}
        spellcheck={false}
        {...(props.lines ? { lines: props.lines } : { type: 'password' as const, autocomplete: 'new-password' })}
      />
      <Show when={props.isStored && props.secret.text === ''}>
        <div>
          <Button size="small" look="ghost" onClick={() => props.onChange({ text: '', isCleared: !props.secret.isCleared })}>
            {props.secret.isCleared ? 'Keep the stored one' : 'Remove the stored one'}
            <span class="sr-only">: {props.label}</span>
          </Button>
        </div>
      </Show>
    </div>
  )
}
