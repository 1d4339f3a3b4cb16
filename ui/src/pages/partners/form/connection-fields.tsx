import { Show } from 'solid-js'
import { CheckField } from '../../../components/check-field.tsx'
import { AddressField } from './address-field.tsx'
import type { PartnerFormModel } from './create-partner-form.ts'
import { JumpFields } from './jump-fields.tsx'
import { PasteSshConfig } from './paste-ssh-config.tsx'
import { SecretField } from './secret-field.tsx'
import { SshLoginFields } from './ssh-login-fields.tsx'

type Model = { model: PartnerFormModel }

/** Where the database is and who reads it. */
export const DatabaseFields = (props: Model) => {
  const { form, saved } = props.model
  const address = (name: 'host' | 'port' | 'name' | 'username') => ({
    form,
    path: `db.${name}`,
    value: form.values.db[name],
    onInput: (text: string) => form.setValues('db', { [name]: text }),
  })
  return (
    <>
      <div class="grid grid-cols-[1fr_6rem] gap-4">
        <AddressField
          {...address('host')}
          label="Host"
          description={form.values.ssh.enabled ? 'As the SSH server sees it.' : 'As this server sees it.'}
        />
        <AddressField {...address('port')} label="Port" />
      </div>
      <AddressField {...address('name')} label="Database" />
      <AddressField {...address('username')} label="User" description="Read-only access is enough." />
      <SecretField
        label="Password"
        secret={form.values.db.password}
        onChange={(secret) => form.setValues('db', 'password', secret)}
        onLeave={() => form.leave('db.password')}
        isStored={saved()?.db.hasPassword ?? false}
        error={form.error('db.password')}
      />
    </>
  )
}

/** How the database is reached: through an SSH server, or directly. */
export const SshFields = (props: Model) => {
  const { form, saved } = props.model
  return (
    <>
      <PasteSshConfig form={form} />
      <CheckField
        label="Reach the database through SSH"
        checked={form.values.ssh.enabled}
        onChange={(checked) => form.setValues('ssh', 'enabled', checked)}
      />
      <Show when={form.values.ssh.enabled}>
        <SshLoginFields
          form={form}
          path="ssh"
          values={form.values.ssh}
          onChange={(changes) => form.setValues('ssh', changes)}
          saved={saved()?.ssh}
        />
        <JumpFields model={props.model} />
      </Show>
    </>
  )
}
