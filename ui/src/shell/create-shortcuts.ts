import { onCleanup, onMount } from 'solid-js'

type Shortcuts = {
  /** Ctrl K or ⌘ K, also while somebody types. */
  onPalette: () => void
  onHelp: () => void
  /** The key that followed `g`. */
  onGo: (key: string) => void
}

const sequenceMs = 1_500

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))

/** A dialog has the keyboard to itself. */
const isInDialog = () => document.querySelector('[role="dialog"], [role="alertdialog"]') !== null

/** Listens for the keys that work on every screen. */
export const createShortcuts = ({ onPalette, onHelp, onGo }: Shortcuts): void => {
  let goneAt = Number.NEGATIVE_INFINITY
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.altKey) return
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
      event.preventDefault()
      onPalette()
      return
    }
    if (event.ctrlKey || event.metaKey || isTyping(event.target) || isInDialog()) return
    const isSecond = event.timeStamp - goneAt < sequenceMs
    goneAt = !isSecond && event.key === 'g' ? event.timeStamp : Number.NEGATIVE_INFINITY
    if (isSecond) onGo(event.key)
    else if (event.key === '?') {
      event.preventDefault()
      onHelp()
    }
  }
  onMount(() => document.addEventListener('keydown', onKeyDown))
  onCleanup(() => document.removeEventListener('keydown', onKeyDown))
}
