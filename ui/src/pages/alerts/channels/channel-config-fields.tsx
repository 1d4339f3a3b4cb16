import { Match, Show, Switch } from 'solid-js'
import { Button } from '../../../components/button.tsx'
import { TextField } from '../../../components/text-field.tsx'
import { addressesOf, makeWebhookSecret } from './channel-form.ts'
import type { ChannelForm } from './create-channel-form.ts'

/** The fields that a channel's type asks for. `isStored`: its secrets are there and stay unless new ones are entered. */
export const ChannelConfigFields = (props: { form: ChannelForm; isStored: boolean }) => {
  const values = () => props.form.values
  const secretHint = () => (props.isStored ? 'Stored and never shown. Leave empty to keep it.' : 'Stored encrypted and never shown again.')
  const addressError = () => {
    const whole = props.form.error('config.to')
    if (whole) return whole
    const addresses = addressesOf(values().to)
    const index = addresses.findIndex((_, place) => props.form.error(`config.to.${place}`))
    return index === -1 ? undefined : `${addresses[index]}: ${props.form.error(`config.to.${index}`)}`
  }
  return (
    <Switch>
      <Match when={values().type === 'email'}>
        <TextField
          label="Addresses"
          lines={3}
          value={values().to}
          onInput={(to) => props.form.setValues({ to })}
          placeholder="on-call@example.com"
          description="One per line, or separated by commas."
          error={addressError()}
        />
      </Match>
      <Match when={values().type === 'slack'}>
        <TextField
          label="URL of the incoming webhook"
          autocomplete="off"
          spellcheck={false}
          value={values().url}
          onInput={(url) => props.form.setValues({ url })}
          placeholder={props.isStored ? 'stored' : 'https://hooks.slack.com/services/…'}
          description={secretHint()}
          error={props.form.error('config.url')}
        />
      </Match>
      <Match when={values().type === 'webhook'}>
        <TextField
          label="URL"
          autocomplete="off"
          spellcheck={false}
          value={values().url}
          onInput={(url) => props.form.setValues({ url })}
          placeholder="https://example.com/alerts"
          error={props.form.error('config.url')}
        />
        <div class="flex items-end gap-2">
          <TextField
            class="flex-1"
            label="Secret that signs the messages"
            autocomplete="off"
            spellcheck={false}
            value={values().secret}
            onInput={(secret) => props.form.setValues({ secret })}
            placeholder={props.isStored ? 'stored' : ''}
            error={props.form.error('config.secret')}
          />
          <Show when={!props.form.error('config.secret')}>
            <Button onClick={() => props.form.setValues({ secret: makeWebhookSecret() })}>Make one</Button>
          </Show>
        </div>
        <p class="-mt-2 text-xs text-muted">At least 16 characters. Give it to the receiver as well. {secretHint()}</p>
      </Match>
      <Match when={values().type === 'pagerduty'}>
        <TextField
          label="Routing key (Events API v2)"
          autocomplete="off"
          spellcheck={false}
          value={values().routingKey}
          onInput={(routingKey) => props.form.setValues({ routingKey })}
          placeholder={props.isStored ? 'stored' : ''}
          description={secretHint()}
          error={props.form.error('config.routingKey')}
        />
      </Match>
    </Switch>
  )
}
