import { TextField } from '../../../components/text-field.tsx'
import type { PartnerFormModel } from './create-partner-form.ts'

type AddressFieldProps = {
  form: PartnerFormModel['form']
  path: string
  label: string
  value: string
  onInput: (text: string) => void
  description?: string
}

/** A host, a port or a name, whose errors show by its path in the API. */
export const AddressField = (props: AddressFieldProps) => (
  <div onFocusOut={() => props.form.leave(props.path)}>
    <TextField
      label={props.label}
      value={props.value}
      onInput={props.onInput}
      error={props.form.error(props.path)}
      description={props.description}
      autocomplete="off"
      spellcheck={false}
      {...(props.path.endsWith('.port') && { inputMode: 'numeric' as const })}
    />
  </div>
)
