import { TextField } from '../../../components/text-field.tsx'
import type { LoginProps } from './ssh-login-fields.tsx'

type LinesFieldProps = LoginProps & {
  name: 'certificate' | 'hostCa' | 'revokedKeys'
  label: string
  placeholder: string
  description: string
}

/** A text of a login that is long and no secret. */
export const LinesField = (props: LinesFieldProps) => (
  <div onFocusOut={() => props.form.leave(`${props.path}.${props.name}`)}>
    <TextField
      label={props.label}
      value={props.values[props.name]}
      onInput={(text) => props.onChange({ [props.name]: text })}
      error={props.form.error(`${props.path}.${props.name}`)}
      placeholder={props.placeholder}
      description={props.description}
      spellcheck={false}
      lines={2}
    />
  </div>
)
