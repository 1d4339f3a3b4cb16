import { Show } from 'solid-js'
import { CopyButton } from '../components/copy-button.tsx'
import { Time } from '../components/time.tsx'

type Facts = { type: string; sha256: string; trustedAt?: string; trustedBy?: string }

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
