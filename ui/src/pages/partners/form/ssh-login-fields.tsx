import { Show } from 'solid-js'
import type { SshPath } from '../../../../../shared/partner/partner-target.ts'
import { ChoiceField } from '../../../components/choice-field.tsx'
import { AddressField } from './address-field.tsx'
import type { PartnerFormModel } from './create-partner-form.ts'
import { HostKeyFields } from './host-key-fields.tsx'
import { LinesField } from './lines-field.tsx'
import type { LoginValues, SavedLogin } from './partner-values.ts'
import { SecretField } from './secret-field.tsx'

/** A login to an SSH server in the form: the partner's own, or that of a hop. */
export type LoginProps = {
  form: PartnerFormModel['form']
  path: SshPath
  values: LoginValues
  onChange: (changes: Partial<LoginValues>) => void
  /** What is stored of it, whose secrets count. */
  saved: SavedLogin | undefined
}

const SignInFields = (props: LoginProps) => {
  const error = (name: string) => props.form.error(`${props.path}.${name}`)
  const leave = (...names: string[]) => props.form.leave(...names.map((name) => `${props.path}.${name}`))
  // The schema reports a missing password at the key, as either will do.
  const missing = () => error('privateKey')
  return (
    <>
      <Show when={props.values.signIn !== 'password'}>
        <SecretField
          label="Private key"
          secret={props.values.privateKey}
          onChange={(privateKey) => props.onChange({ privateKey })}
          onLeave={() => leave('privateKey')}
          isStored={props.saved?.hasPrivateKey ?? false}
          error={missing()}
          lines={5}
          placeholder="-----BEGIN OPENSSH PRIVATE KEY-----"
          description="OpenSSH, PEM or PuTTY (.ppk), with its first and last line."
        />
        <SecretField
          label="Passphrase"
          secret={props.values.passphrase}
          onChange={(passphrase) => props.onChange({ passphrase })}
          onLeave={() => leave('passphrase')}
          isStored={props.saved?.hasPassphrase ?? false}
          error={error('passphrase')}
          description="Only when the key has one."
        />
        <LinesField
          {...props}
          name="certificate"
          label="Certificate"
          placeholder="ssh-ed25519-cert-v01@openssh.com AAAA…"
          description="Only when an authority signed the key: the line of id_ed25519-cert.pub. It is not secret."
        />
      </Show>
      <Show when={props.values.signIn !== 'key'}>
        <SecretField
          label="SSH password"
          secret={props.values.password}
          onChange={(password) => props.onChange({ password })}
          onLeave={() => leave('password', 'privateKey')}
          isStored={props.saved?.hasPassword ?? false}
          error={error('password') ?? (props.values.signIn === 'password' ? missing() : undefined)}
        />
      </Show>
    </>
  )
}

/** Where an SSH server is, who signs in to it with what, and which key it has to have. */
export const SshLoginFields = (props: LoginProps) => {
  const address = (name: 'host' | 'port' | 'username') => ({
    form: props.form,
    path: `${props.path}.${name}`,
    value: props.values[name],
    onInput: (text: string) => props.onChange({ [name]: text }),
  })
  return (
    <>
      <div class="grid grid-cols-[1fr_6rem] gap-4">
        <AddressField {...address('host')} label="SSH host" />
        <AddressField {...address('port')} label="SSH port" />
      </div>
      <AddressField {...address('username')} label="SSH user" />
      <ChoiceField
        label="Sign in with"
        options={[
          { value: 'key', label: 'A private key' },
          { value: 'password', label: 'A password' },
          { value: 'both', label: 'A key and a password' },
        ]}
        value={props.values.signIn}
        onChange={(signIn) => props.onChange({ signIn })}
      />
      <SignInFields {...props} />
      <HostKeyFields {...props} />
    </>
  )
}
