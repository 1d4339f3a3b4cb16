import { Show } from 'solid-js'
import { ChoiceField } from '../../../components/choice-field.tsx'
import { TextField } from '../../../components/text-field.tsx'
import type { PartnerFormModel } from './create-partner-form.ts'

/** Which key of the SSH server counts as the right one. */
export const HostKeyFields = (props: { form: PartnerFormModel['form'] }) => (
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
          value: 'first-use',
          label: 'Trust the first key',
          description: 'The first key that the server shows is trusted without asking. Use this only in a network that you trust.',
        },
      ]}
      value={props.form.values.ssh.trust}
      onChange={(trust) => props.form.setValues('ssh', 'trust', trust)}
    />
    <Show when={props.form.values.ssh.trust === 'pin'}>
      <div onFocusOut={() => props.form.leave('ssh.hostKeySha256')}>
        <TextField
          label="Fingerprint"
          value={props.form.values.ssh.hostKeySha256}
          onInput={(text) => props.form.setValues('ssh', 'hostKeySha256', text)}
          error={props.form.error('ssh.hostKeySha256')}
          placeholder="SHA256:…"
          description="As ssh-keygen -l prints it on the server."
          autocomplete="off"
          spellcheck={false}
        />
      </div>
    </Show>
  </>
)
