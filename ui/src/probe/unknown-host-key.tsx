import KeyRound from 'lucide-solid/icons/key-round'
import { createSignal, createUniqueId, Show } from 'solid-js'
import { Button } from '../components/button.tsx'
import { HostKeyFacts } from './host-key-facts.tsx'

const keyFiles: Readonly<Record<string, string>> = {
  'ssh-ed25519': 'ssh_host_ed25519_key.pub',
  'ssh-rsa': 'ssh_host_rsa_key.pub',
  'ecdsa-sha2-nistp256': 'ssh_host_ecdsa_key.pub',
}

/** How the server's administrator prints the fingerprint to compare with. */
export const FingerprintCommand = (props: { type: string }) => (
  <code class="font-mono wrap-anywhere">
    <span class="whitespace-nowrap">ssh-keygen -lf</span> /etc/ssh/{keyFiles[props.type] ?? 'ssh_host_*_key.pub'}
  </code>
)

/** A server's key that nobody has trusted yet, to compare and trust. Without `onTrust` it is only shown. */
export const UnknownHostKey = (props: { address: string; hostKey: { type: string; sha256: string }; onTrust?: () => Promise<unknown> }) => {
  const heading = createUniqueId()
  const [isBusy, setBusy] = createSignal(false)
  const trust = async (onTrust: () => Promise<unknown>) => {
    setBusy(true)
    await onTrust().finally(() => setBusy(false))
  }
  return (
    <section aria-labelledby={heading} class="flex flex-col gap-3 rounded-lg border border-accent bg-accent-soft p-4">
      <h2 id={heading} class="flex items-center gap-2 font-semibold">
        <KeyRound size={18} aria-hidden="true" />
        Is this the key of {props.address}?
      </h2>
      <p class="text-sm">
        The server shows this key for the first time. Nothing but the greeting was sent to it, and nothing will be until you trust the key.
      </p>
      <HostKeyFacts hostKey={props.hostKey} />
      <p class="text-sm">
        Compare the fingerprint with what the server’s administrator sees there: <FingerprintCommand type={props.hostKey.type} />
      </p>
      <Show when={props.onTrust} fallback={<p class="text-sm text-muted">An administrator has to trust it.</p>}>
        {(onTrust) => (
          <div>
            <Button look="primary" busy={isBusy()} onClick={() => trust(onTrust())}>
              It is the same: trust this key
            </Button>
          </div>
        )}
      </Show>
    </section>
  )
}
