import { Show } from 'solid-js'
import { tlsByDefault } from '../../../../../shared/partner/connection-schema.ts'
import { CheckField } from '../../../components/check-field.tsx'
import { ChoiceField } from '../../../components/choice-field.tsx'
import { TextField } from '../../../components/text-field.tsx'
import type { PartnerFormModel } from './create-partner-form.ts'
import { HostKeyFields } from './host-key-fields.tsx'
import { SecretField } from './secret-field.tsx'
import { TlsFields } from './tls-fields.tsx'

type Model = { model: PartnerFormModel }
type AddressName = 'host' | 'port' | 'name' | 'username'

const AddressField = (props: Model & { group: 'db' | 'ssh'; name: AddressName; label: string; description?: string; class?: string }) => {
  const { form } = props.model
  const path = () => `${props.group}.${props.name}`
  const value = () => (form.values[props.group] as Partial<Record<AddressName, string>>)[props.name] ?? ''
  return (
    <div class={props.class} onFocusOut={() => form.leave(path())}>
      <TextField
        label={props.label}
        value={value()}
        onInput={(text) => form.setValues(props.group, { [props.name]: text })}
        error={form.error(path())}
        description={props.description}
        autocomplete="off"
        spellcheck={false}
        {...(props.name === 'port' && { inputMode: 'numeric' as const })}
      />
    </div>
  )
}

/** Where the database is and who reads it. */
export const DatabaseFields = (props: Model) => {
  const { form, saved } = props.model
  return (
    <>
      <div class="grid grid-cols-[1fr_6rem] gap-4">
        <AddressField
          model={props.model}
          group="db"
          name="host"
          label="Host"
          description={form.values.ssh.enabled ? 'As the SSH server sees it.' : 'As this server sees it.'}
        />
        <AddressField model={props.model} group="db" name="port" label="Port" />
      </div>
      <AddressField model={props.model} group="db" name="name" label="Database" />
      <AddressField model={props.model} group="db" name="username" label="User" description="Read-only access is enough." />
      <SecretField
        label="Password"
        secret={form.values.db.password}
        onChange={(secret) => form.setValues('db', 'password', secret)}
        onLeave={() => form.leave('db.password')}
        isStored={saved()?.db.hasPassword ?? false}
        error={form.error('db.password')}
      />
      <TlsFields model={props.model} />
    </>
  )
}

const SignInFields = (props: Model) => {
  const { form, saved } = props.model
  const stored = () => saved()?.ssh
  // The schema reports a missing password at the key, as either will do.
  const missing = () => form.error('ssh.privateKey')
  return (
    <Show
      when={form.values.ssh.signIn === 'key'}
      fallback={
        <SecretField
          label="SSH password"
          secret={form.values.ssh.password}
          onChange={(secret) => form.setValues('ssh', 'password', secret)}
          onLeave={() => form.leave('ssh.password', 'ssh.privateKey')}
          isStored={stored()?.hasPassword ?? false}
          error={form.error('ssh.password') ?? missing()}
        />
      }
    >
      <SecretField
        label="Private key"
        secret={form.values.ssh.privateKey}
        onChange={(secret) => form.setValues('ssh', 'privateKey', secret)}
        onLeave={() => form.leave('ssh.privateKey')}
        isStored={stored()?.hasPrivateKey ?? false}
        error={missing()}
        lines={5}
        placeholder="-----BEGIN OPENSSH PRIVATE KEY-----"
        description="OpenSSH, PEM or PuTTY (.ppk), with its first and last line."
      />
      <SecretField
        label="Passphrase"
        secret={form.values.ssh.passphrase}
        onChange={(secret) => form.setValues('ssh', 'passphrase', secret)}
        onLeave={() => form.leave('ssh.passphrase')}
        isStored={stored()?.hasPassphrase ?? false}
        error={form.error('ssh.passphrase')}
        description="Only when the key has one."
      />
    </Show>
  )
}

/** How the database is reached: through an SSH server, or directly. */
export const SshFields = (props: Model) => {
  const { form } = props.model
  // Outside a tunnel the connection needs an encryption of its own.
  const reachThroughSsh = (enabled: boolean) => {
    form.setValues('ssh', 'enabled', enabled)
    if (form.values.db.tls === tlsByDefault({ enabled: !enabled })) form.setValues('db', 'tls', tlsByDefault({ enabled }))
  }
  return (
    <>
      <CheckField label="Reach the database through SSH" checked={form.values.ssh.enabled} onChange={reachThroughSsh} />
      <Show when={form.values.ssh.enabled}>
        <div class="grid grid-cols-[1fr_6rem] gap-4">
          <AddressField model={props.model} group="ssh" name="host" label="SSH host" />
          <AddressField model={props.model} group="ssh" name="port" label="SSH port" />
        </div>
        <AddressField model={props.model} group="ssh" name="username" label="SSH user" />
        <ChoiceField
          label="Sign in with"
          options={[
            { value: 'key', label: 'A private key' },
            { value: 'password', label: 'A password' },
          ]}
          value={form.values.ssh.signIn}
          onChange={(signIn) => form.setValues('ssh', 'signIn', signIn)}
        />
        <SignInFields model={props.model} />
        <HostKeyFields form={form} />
      </Show>
    </>
  )
}
