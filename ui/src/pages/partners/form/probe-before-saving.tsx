import { Match, Show, Switch } from 'solid-js'
import { Button } from '../../../components/button.tsx'
import { ChangedHostKey } from '../../../probe/changed-host-key.tsx'
import { ProbeReport } from '../../../probe/probe-report.tsx'
import { UnknownHostKey } from '../../../probe/unknown-host-key.tsx'
import type { PartnerFormModel } from './create-partner-form.ts'

/** Probes the connection as entered, and puts the host key that the user trusts into the form. */
export const ProbeBeforeSaving = (props: { model: PartnerFormModel }) => {
  const { form, probe, saved } = props.model
  /** The hop, counted from 0, whose key the probe asks about; `undefined`: the SSH server itself. */
  const hop = () => {
    const number = probe.state.result?.hop?.number
    return number === undefined ? undefined : number - 1
  }
  const address = () => probe.state.result?.hop?.host ?? form.values.ssh.host.trim()
  const trust = async (sha256: string) => {
    const at = hop()
    const pin = { trust: 'pin', hostKeySha256: sha256 } as const
    if (at === undefined) form.setValues('ssh', pin)
    else form.setValues('ssh', 'jumps', at, pin)
    await props.model.runProbe()
  }
  const pinned = (sha256: string) => {
    const at = hop()
    const known = (at === undefined ? saved()?.ssh : saved()?.ssh.jumps[at])?.hostKey
    return known?.sha256 === sha256 ? known : { type: 'unknown', sha256 }
  }
  return (
    <section aria-labelledby="probe-before-saving" class="card flex flex-col gap-3 p-4">
      <div class="flex flex-wrap items-center justify-between gap-2">
        <h2 id="probe-before-saving" class="font-semibold">
          Try the connection
        </h2>
        <Button size="small" disabled={!props.model.canProbe()} busy={probe.state.isRunning} onClick={props.model.runProbe}>
          Probe
        </Button>
      </div>
      <Show when={!props.model.canProbe()}>
        <p class="text-sm text-muted">
          The stored secrets never leave the server, so this form cannot probe with them. Save and probe the saved partner, or enter the
          secrets again.
        </p>
      </Show>
      <Show
        when={probe.state.isRunning || probe.state.result || probe.state.error}
        fallback={
          <Show when={props.model.canProbe()}>
            <p class="text-sm text-muted">A probe goes all the way to the database with what is entered here. Nothing is saved.</p>
          </Show>
        }
      >
        <ProbeReport probe={probe} ssh={form.values.ssh.enabled ? form.values.ssh : null}>
          <Switch>
            <Match when={probe.state.result?.reason === 'host-key-unknown' && probe.state.result.hostKey}>
              {(hostKey) => <UnknownHostKey address={address()} hostKey={hostKey()} onTrust={() => trust(hostKey().sha256)} />}
            </Match>
            <Match when={probe.state.result?.reason === 'host-key-changed' && probe.state.result.hostKey}>
              {(hostKey) => (
                <ChangedHostKey
                  address={address()}
                  trusted={pinned(probe.state.result?.expectedHostKeySha256 ?? '')}
                  presented={hostKey()}
                  onTrust={() => trust(hostKey().sha256)}
                />
              )}
            </Match>
          </Switch>
        </ProbeReport>
      </Show>
    </section>
  )
}
