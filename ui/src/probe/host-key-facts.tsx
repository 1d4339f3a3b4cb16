import Check from 'lucide-solid/icons/check'
import Copy from 'lucide-solid/icons/copy'
import { createSignal, Show } from 'solid-js'
import { IconButton } from '../components/button.tsx'
import { Time } from '../components/time.tsx'

type Facts = { type: string; sha256: string; trustedAt?: string; trustedBy?: string }

/** Copies a text, where the browser lets a page do that: over plain HTTP it does not. */
const CopyButton = (props: { text: string; label: string }) => {
  const [isCopied, setCopied] = createSignal(false)
  const copy = async () => {
    await navigator.clipboard.writeText(props.text)
    setCopied(true)
  }
  return (
    <Show when={navigator.clipboard}>
      <IconButton label={isCopied() ? 'Copied' : props.label} onClick={copy} class="-my-1.5 shrink-0">
        <Show when={isCopied()} fallback={<Copy size={14} aria-hidden="true" />}>
          <Check size={14} aria-hidden="true" />
        </Show>
      </IconButton>
    </Show>
  )
}

/** A host key: its type, its fingerprint, and who trusted it when. */
export const HostKeyFacts = (props: { hostKey: Facts }) => (
  <dl class="grid grid-cols-[auto_1fr] gap-x-3 gap-y-1 text-sm">
    <dt class="text-muted">Type</dt>
    <dd class="font-mono">{props.hostKey.type === 'unknown' ? 'not seen yet' : props.hostKey.type}</dd>
    <dt class="text-muted">Fingerprint</dt>
    <dd class="flex items-start gap-1">
      <code class="font-mono break-all">{props.hostKey.sha256}</code>
      <CopyButton text={props.hostKey.sha256} label="Copy the fingerprint" />
    </dd>
    <Show when={props.hostKey.trustedAt}>
      {(at) => (
        <>
          <dt class="text-muted">Trusted</dt>
          <dd>
            <Time at={at()} /> by {props.hostKey.trustedBy}
          </dd>
        </>
      )}
    </Show>
  </dl>
)
