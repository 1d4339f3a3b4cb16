import { Show } from 'solid-js'
import type { TlsMode } from '../../../../../shared/reach/reach-target.ts'
import { CheckField } from '../../../components/check-field.tsx'
import { SelectField } from '../../../components/select-field.tsx'
import { TextField } from '../../../components/text-field.tsx'
import type { PartnerFormModel } from './create-partner-form.ts'
import { SecretField } from './secret-field.tsx'

type Model = { model: PartnerFormModel }

const encrypted: readonly { value: TlsMode; label: string }[] = [
  { value: 'required', label: 'Encrypted, certificate not checked' },
  { value: 'verify-ca', label: 'Encrypted, certificate of a trusted CA' },
  { value: 'verify-full', label: 'Encrypted, certificate of a trusted CA for this host' },
]
const inTunnel: typeof encrypted = [{ value: 'off', label: 'Off: the SSH tunnel encrypts' }, ...encrypted]

const PemField = (props: Model & { name: 'tlsCa' | 'tlsCertificate'; label: string; description: string }) => {
  const { form } = props.model
  return (
    <div onFocusOut={() => form.leave(`db.${props.name}`)}>
      <TextField
        label={props.label}
        value={form.values.db[props.name]}
        onInput={(text) => form.setValues('db', props.name, text)}
        error={form.error(`db.${props.name}`)}
        description={props.description}
        placeholder="-----BEGIN CERTIFICATE-----"
        spellcheck={false}
        lines={4}
      />
    </div>
  )
}

/** How the connection to the database is encrypted. Without SSH, not at all is a decision of its own. */
export const TlsFields = (props: Model) => {
  const { form, saved } = props.model
  const { db, ssh } = form.values
  const setMode = (mode: TlsMode) => form.setValues('db', 'tls', mode)
  return (
    <>
      <Show when={!ssh.enabled}>
        <CheckField
          label="Connect without encryption"
          checked={db.tls === 'off'}
          onChange={(checked) => setMode(checked ? 'off' : 'required')}
          description="Everybody on the way can read the password and all data. Only where the database offers no encryption."
        />
      </Show>
      <Show when={ssh.enabled || db.tls !== 'off'}>
        <SelectField
          label="Encryption of the database connection"
          options={ssh.enabled ? inTunnel : encrypted}
          value={db.tls}
          onChange={setMode}
          error={form.error('db.tls')}
        />
      </Show>
      <Show when={db.tls === 'verify-ca' || db.tls === 'verify-full'}>
        <PemField model={props.model} name="tlsCa" label="CA certificate" description="PEM. Without one, the public CAs are trusted." />
      </Show>
      <Show when={db.tls !== 'off'}>
        <PemField
          model={props.model}
          name="tlsCertificate"
          label="Client certificate"
          description="PEM. Only where the database asks for one (REQUIRE X509)."
        />
        <SecretField
          label="Key of the client certificate"
          secret={db.tlsKey}
          onChange={(secret) => form.setValues('db', 'tlsKey', secret)}
          onLeave={() => form.leave('db.tlsKey')}
          isStored={saved()?.db.hasTlsKey ?? false}
          error={form.error('db.tlsKey')}
          lines={4}
          placeholder="-----BEGIN PRIVATE KEY-----"
          description="PEM, without a passphrase."
        />
      </Show>
    </>
  )
}
