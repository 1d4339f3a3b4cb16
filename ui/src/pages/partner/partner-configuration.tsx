import { A } from '@solidjs/router'
import Pencil from 'lucide-solid/icons/pencil'
import { createUniqueId, For, type JSX, Show } from 'solid-js'
import { useUser } from '../../api/api-context.tsx'
import { buttonClass } from '../../components/button.tsx'
import { Time } from '../../components/time.tsx'
import { HostKeyFacts } from '../../probe/host-key-facts.tsx'
import type { PartnerDetails } from '../partners/partner-queries.ts'

type Fact = [label: string, value: JSX.Element]

const yesNo = (value: boolean) => (value ? 'yes' : 'no')
const stored = (isStored: boolean) => (isStored ? 'stored' : 'none')

const Facts = (props: { title: string; facts: readonly Fact[]; children?: JSX.Element }) => {
  const heading = createUniqueId()
  return (
    <section aria-labelledby={heading} class="card p-4">
      <h2 id={heading} class="mb-2 font-semibold">
        {props.title}
      </h2>
      <dl class="grid grid-cols-[minmax(8rem,auto)_1fr] gap-x-4 gap-y-1.5 text-sm">
        <For each={props.facts}>
          {([label, value]) => (
            <>
              <dt class="text-muted">{label}</dt>
              <dd class="numeric break-words">{value}</dd>
            </>
          )}
        </For>
      </dl>
      {props.children}
    </section>
  )
}

type Login = PartnerDetails['ssh']['jumps'][number]

const signIn = ({ hasPrivateKey, hasPassphrase, hasPassword, certificate }: Login) => {
  const key = ['private key', hasPassphrase && 'with a passphrase', certificate && 'with a certificate']
  const all = [hasPrivateKey && key.filter(Boolean).join(' '), hasPassword && 'password']
  return all.filter(Boolean).join(', ') || 'nothing'
}

const trust = ({ hostCa, trustOnFirstUse }: Pick<Login, 'hostCa' | 'trustOnFirstUse'>) => {
  if (hostCa.length > 0)
    return `One with a certificate of ${hostCa.length === 1 ? 'an authority' : 'authorities'} that this partner trusts.`
  return trustOnFirstUse ? 'The first key that the server shows will be trusted.' : 'None is trusted yet.'
}

const TrustedKey = (props: { login: Pick<Login, 'hostKey' | 'hostCa' | 'trustOnFirstUse'> }) => (
  <Show when={props.login.hostKey} fallback={<p class="text-sm text-muted">{trust(props.login)}</p>}>
    {(hostKey) => <HostKeyFacts hostKey={hostKey()} />}
  </Show>
)

/** How the partner is set up. Of a secret it shows only whether it is stored. */
export const PartnerConfiguration = (props: { partner: PartnerDetails }) => {
  const { isAdmin } = useUser()
  return (
    <div class="flex flex-col gap-4">
      <Show when={isAdmin()}>
        <div>
          <A href={`/partners/${props.partner.id}/edit`} class={buttonClass()}>
            <Pencil size={15} aria-hidden="true" />
            Edit
          </A>
        </div>
      </Show>
      <div class="grid items-start gap-4 lg:grid-cols-3">
        <Facts
          title="Partner"
          facts={[
            ['Time zone', props.partner.timezone],
            ['Captured', yesNo(props.partner.isActive)],
            ['Priority', props.partner.priority],
            ['Concurrency limit', props.partner.concurrencyLimit],
            ['Maximum concurrency', props.partner.maxConcurrency],
            ['Pause without priority', yesNo(props.partner.pauseNonPriorityCampaigns)],
            ['Tenant ID', props.partner.tenantId],
            ['Created', <Time at={props.partner.createdAt} exact />],
            ['Changed', <Time at={props.partner.updatedAt} exact />],
            ['Version', props.partner.version],
          ]}
        />
        <Facts
          title="Database"
          facts={[
            ['Host', `${props.partner.db.host}:${props.partner.db.port}`],
            ['Database', props.partner.db.name],
            ['User', props.partner.db.username],
            ['Password', stored(props.partner.db.hasPassword)],
          ]}
        />
        <Facts
          title="SSH"
          facts={
            props.partner.ssh.enabled
              ? [
                  ['Host', `${props.partner.ssh.host}:${props.partner.ssh.port}`],
                  ['User', props.partner.ssh.username],
                  ['Signs in with', signIn(props.partner.ssh)],
                ]
              : [['Used', 'no: the database is reached directly']]
          }
        >
          <Show when={props.partner.ssh.enabled}>
            <h3 class="mt-4 mb-2 text-sm font-semibold">Host key</h3>
            <TrustedKey login={props.partner.ssh} />
            <For each={props.partner.ssh.jumps}>
              {(jump, index) => (
                <>
                  <h3 class="mt-4 mb-2 text-sm font-semibold">
                    Hop {index() + 1}: {jump.username}@{jump.host}:{jump.port}, signs in with {signIn(jump)}
                  </h3>
                  <TrustedKey login={jump} />
                </>
              )}
            </For>
          </Show>
        </Facts>
      </div>
    </div>
  )
}
