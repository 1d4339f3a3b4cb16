import { useQueryClient } from '@tanstack/solid-query'
import { For, Match, Show, Switch } from 'solid-js'
import { useClient, useUser } from '../../api/api-context.tsx'
import { read } from '../../api/client.ts'
import { toastDone, toastError } from '../../components/toast.tsx'
import { ChangedHostKey } from '../../probe/changed-host-key.tsx'
import { UnknownHostKey } from '../../probe/unknown-host-key.tsx'
import type { PartnerDetails } from '../partners/partner-queries.ts'

/** Trusts the key that the partner's server, or one of its hops, last presented. */
const createTrust = (partner: () => PartnerDetails) => {
  const client = useClient()
  const queries = useQueryClient()
  return async (sha256: string, hop?: number) => {
    try {
      await read(client.probe[':partnerId'].trust.$post({ param: { partnerId: partner().id }, json: { sha256, ...(hop && { hop }) } }))
      toastDone('The key is trusted; the partner is captured again.')
      await queries.invalidateQueries({ queryKey: ['partners', partner().id] })
    } catch (error) {
      toastError(error)
    }
  }
}

type LoginProps = {
  login: PartnerDetails['ssh']['jumps'][number]
  hasChanged: boolean
  onTrust: ((sha256: string) => Promise<unknown>) | undefined
}

const LoginHostKey = (props: LoginProps) => {
  const address = () => `${props.login.host}:${props.login.port}`
  const changed = () => {
    const { hostKey, presentedHostKey } = props.login
    return props.hasChanged && hostKey && presentedHostKey && hostKey.sha256 !== presentedHostKey.sha256
      ? { trusted: hostKey, presented: presentedHostKey }
      : null
  }
  const onTrust = (sha256: string) => {
    const trust = props.onTrust
    return trust ? { onTrust: () => trust(sha256) } : {}
  }
  return (
    <Switch>
      <Match when={changed()}>
        {(keys) => (
          <div class="mb-4">
            <ChangedHostKey address={address()} {...keys()} {...onTrust(keys().presented.sha256)} />
          </div>
        )}
      </Match>
      <Match when={!props.login.hostKey && props.login.presentedHostKey}>
        {(hostKey) => (
          <div class="mb-4">
            <UnknownHostKey address={address()} hostKey={hostKey()} {...onTrust(hostKey().sha256)} />
          </div>
        )}
      </Match>
    </Switch>
  )
}

/** What the host keys of the way ask of the user: one that waits for trust, or the warning of one that changed. */
export const PartnerHostKey = (props: { partner: PartnerDetails; hasChanged: boolean }) => {
  const { isAdmin } = useUser()
  const trust = createTrust(() => props.partner)
  const onTrust = (hop: number | undefined) => (isAdmin() ? (sha256: string) => trust(sha256, hop) : undefined)
  return (
    <Show when={props.partner.ssh.enabled}>
      <For each={props.partner.ssh.jumps}>
        {(jump, index) => <LoginHostKey login={jump} hasChanged={props.hasChanged} onTrust={onTrust(index() + 1)} />}
      </For>
      <LoginHostKey login={props.partner.ssh} hasChanged={props.hasChanged} onTrust={onTrust(undefined)} />
    </Show>
  )
}
