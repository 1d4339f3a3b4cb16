import { useQueryClient } from '@tanstack/solid-query'
import { Match, Switch } from 'solid-js'
import { useClient, useUser } from '../../api/api-context.tsx'
import { read } from '../../api/client.ts'
import { toastDone, toastError } from '../../components/toast.tsx'
import { ChangedHostKey } from '../../probe/changed-host-key.tsx'
import { UnknownHostKey } from '../../probe/unknown-host-key.tsx'
import type { PartnerDetails } from '../partners/partner-queries.ts'

/** Trusts the key that the partner's server last presented. */
const createTrust = (partner: () => PartnerDetails) => {
  const client = useClient()
  const queries = useQueryClient()
  return async (sha256: string) => {
    try {
      await read(client.probe[':partnerId'].trust.$post({ param: { partnerId: partner().id }, json: { sha256 } }))
      toastDone('The key is trusted; the partner is captured again.')
      await queries.invalidateQueries({ queryKey: ['partners', partner().id] })
    } catch (error) {
      toastError(error)
    }
  }
}

/** What a host key asks of the user: one that waits for trust, or the warning of one that changed. */
export const PartnerHostKey = (props: { partner: PartnerDetails; hasChanged: boolean }) => {
  const { isAdmin } = useUser()
  const trust = createTrust(() => props.partner)
  const ssh = () => props.partner.ssh
  const address = () => `${ssh().host}:${ssh().port}`
  const changed = () => {
    const { hostKey, presentedHostKey } = ssh()
    return props.hasChanged && hostKey && presentedHostKey && hostKey.sha256 !== presentedHostKey.sha256
      ? { trusted: hostKey, presented: presentedHostKey }
      : null
  }
  const onTrust = (sha256: string) => (isAdmin() ? { onTrust: () => trust(sha256) } : {})
  return (
    <Switch>
      <Match when={changed()}>
        {(keys) => (
          <div class="mb-4">
            <ChangedHostKey address={address()} {...keys()} {...onTrust(keys().presented.sha256)} />
          </div>
        )}
      </Match>
      <Match when={ssh().enabled && !ssh().hostKey && ssh().presentedHostKey}>
        {(hostKey) => (
          <div class="mb-4">
            <UnknownHostKey address={address()} hostKey={hostKey()} {...onTrust(hostKey().sha256)} />
          </div>
        )}
      </Match>
    </Switch>
  )
}
