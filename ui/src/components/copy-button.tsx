import Check from 'lucide-solid/icons/check'
import Copy from 'lucide-solid/icons/copy'
import { createSignal, Show } from 'solid-js'
import { IconButton } from './button.tsx'

/** Copies a text, where the browser lets a page do that: over plain HTTP it does not. */
export const CopyButton = (props: { text: string; label: string }) => {
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
