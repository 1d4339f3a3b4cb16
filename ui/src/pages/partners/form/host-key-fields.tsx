import { Show } from 'solid-js'
import { ChoiceField } from '../../../components/choice-field.tsx'
import { TextField } from '../../../components/text-field.tsx'
import { LinesField } from './lines-field.tsx'
import type { LoginProps } from './ssh-login-fields.tsx'

/** Which key of an SSH server counts as the right one. */
export const HostKeyFields = (props: LoginProps) => (
  <>
    <ChoiceField
      label="Host key"
      options={[
        {
          value: 'ask',
          label: 'Ask me',
          description: 'Nothing is sent until you have compared and trusted the key that the server shows.',
        },
        { value: 'pin', label: 'I know its fingerprint', description: 'Only a server with this key is accepted.' },
        {
          value: 'authority',
          label: 'I know its certificate authority',
          description: 'Any server whose certificate this authority signed for its host name is accepted (@cert-authority).',
        },
        {
          value: 'first-use',
          label: 'Trust the first key',
          description: 'The first key that the server shows is trusted without asking. Use this only in a network that you trust.',
        },
      ]}
      value={props.values.trust}
      onChange={(trust) => props.onChange({ trust })}
    />
    <Show when={props.values.trust === 'authority'}>
      <LinesField
        {...props}
        name="hostCa"
        label="Certificate authorities"
        placeholder="ssh-ed25519 AAAA…"
        description="Their public keys, one a line."
      />
      <LinesField
        {...props}
        name="revokedKeys"
        label="Revoked keys"
        placeholder="SHA256:…"
        description="Fingerprints of hosts or authorities that are not trusted any more, one a line. May be empty."
      />
    </Show>
    <Show when={props.values.trust === 'pin'}>
      <div onFocusOut={() => props.form.leave(`${props.path}.hostKeySha256`)}>
        <TextField
          label="Fingerprint"
          value={props.values.hostKeySha256}
          onInput={(hostKeySha256) => props.onChange({ hostKeySha256 })}
          error={props.form.error(`${props.path}.hostKeySha256`)}
          placeholder="SHA256:…"
          description="As ssh-keygen -l prints it on the server."
          autocomplete="off"
          spellcheck={false}
        />
      </div>
    </Show>
  </>
)
