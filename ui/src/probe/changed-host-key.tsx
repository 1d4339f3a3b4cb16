import ShieldAlert from 'lucide-solid/icons/shield-alert'
import { createSignal, createUniqueId, type JSX, Show } from 'solid-js'
import { Button } from '../components/button.tsx'
import { CheckField } from '../components/check-field.tsx'
import { HostKeyFacts } from './host-key-facts.tsx'
import { FingerprintCommand } from './unknown-host-key.tsx'

type Key = { type: string; sha256: string; trustedAt?: string; trustedBy?: string }

const KeyCard = (props: { title: string; note: JSX.Element; hostKey: Key }) => (
  <div class="flex min-w-0 flex-col gap-2 rounded-md border border-line bg-surface p-3">
    <h3 class="text-sm font-semibold">{props.title}</h3>
    <HostKeyFacts hostKey={props.hostKey} />
    <p class="text-xs text-muted">{props.note}</p>
  </div>
)

/** The warning that a server's key is not the trusted one: both side by side, what it can mean, and a way to trust it on purpose. */
export const ChangedHostKey = (props: { address: string; trusted: Key; presented: Key; onTrust?: () => Promise<unknown> }) => {
  const heading = createUniqueId()
  const [isCompared, setCompared] = createSignal(false)
  const [isBusy, setBusy] = createSignal(false)
  const trust = async (onTrust: () => Promise<unknown>) => {
    setBusy(true)
    await onTrust().finally(() => setBusy(false))
  }
  return (
    <section aria-labelledby={heading} class="flex flex-col gap-4 rounded-lg border-2 border-critical bg-critical-soft p-4 sm:p-5">
      <h2 id={heading} class="flex items-center gap-2 text-lg font-semibold text-critical">
        <ShieldAlert size={24} aria-hidden="true" class="shrink-0" />
        Warning: {props.address} has a new host key
      </h2>
      <p class="text-sm">
        The connection was refused before any password, key or query was sent. This partner is not captured until the new key is trusted or
        the old one is back.
      </p>
      <div class="grid gap-3 md:grid-cols-2">
        <KeyCard title="Old: the trusted key" note="The key that the server should show." hostKey={props.trusted} />
        <KeyCard title="New: the key that the server shows" note="Not trusted." hostKey={props.presented} />
      </div>
      <div class="grid gap-4 text-sm md:grid-cols-2">
        <div>
          <h3 class="font-semibold">What it can mean</h3>
          <ul class="mt-1 list-disc pl-5">
            <li>The server was reinstalled, moved, or given new keys.</li>
            <li>Its name or address now leads to another machine.</li>
            <li>Somebody is between you and the server and would read the credentials.</li>
          </ul>
        </div>
        <div>
          <h3 class="font-semibold">What to check</h3>
          <ul class="mt-1 list-disc pl-5">
            <li>Ask the server’s administrator, not over this connection, whether the key was changed.</li>
            <li>
              Have them run <FingerprintCommand type={props.presented.type} /> on the server, and compare each character.
            </li>
            <li>If nobody changed it, do not trust it: tell whoever is responsible for security.</li>
          </ul>
        </div>
      </div>
      <Show when={props.onTrust} fallback={<p class="text-sm">Only an administrator can trust the new key.</p>}>
        {(onTrust) => (
          <div class="flex flex-col gap-3 border-t border-critical pt-4">
            <CheckField
              label="I compared the new fingerprint with the server’s own, and I know why it changed."
              checked={isCompared()}
              onChange={setCompared}
            />
            <div>
              <Button look="danger" disabled={!isCompared()} busy={isBusy()} onClick={() => trust(onTrust())}>
                Trust the new key
              </Button>
            </div>
          </div>
        )}
      </Show>
    </section>
  )
}
