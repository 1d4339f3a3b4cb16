import { type Accessor, createEffect, createSignal, onCleanup, onMount } from 'solid-js'

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))
/** A dialog or a menu has the keyboard to itself. */
const isCovered = () => document.querySelector('[role=dialog], [role=alertdialog], [role=menu]') !== null

const steps: Record<string, number> = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }

/**
 * Moves the focus between the partners' links: `j` and `k` from anywhere, the arrows, Home and End from one of them. `/` goes to
 * the filter, and an arrow down in it to the first partner.
 */
export const createRowKeys = (options: {
  ids: Accessor<readonly string[]>
  scrollTo: (index: number) => void
  filter: Accessor<HTMLInputElement | undefined>
}) => {
  const [active, setActive] = createSignal<string>()
  const linkOf = (id: string) => document.querySelector<HTMLElement>(`[data-partner="${CSS.escape(id)}"]`)

  const focus = (index: number) => {
    const id = options.ids()[index]
    if (id === undefined) return
    setActive(id)
    options.scrollTo(index)
    const focusLink = () => linkOf(id)?.focus({ preventScroll: true })
    // A row that was out of sight is rendered once the window has scrolled.
    if (linkOf(id)) focusLink()
    else requestAnimationFrame(() => requestAnimationFrame(focusLink))
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isCovered()) return
    const { key, target } = event
    const isFilter = target === options.filter()
    if (isTyping(target) && !(isFilter && key === 'ArrowDown')) return
    const isOnRow = target instanceof HTMLElement && target.closest('[data-partner]') !== null
    const current = active() === undefined ? -1 : options.ids().indexOf(active() ?? '')
    const last = options.ids().length - 1
    const step = steps[key]
    if (key === '/') options.filter()?.focus()
    else if (isFilter || (key === 'Home' && isOnRow)) focus(0)
    else if (key === 'End' && isOnRow) focus(last)
    else if (step && (isOnRow || key === 'j' || key === 'k')) focus(Math.min(Math.max(current + step, 0), last))
    else return
    event.preventDefault()
  }
  const onFocusIn = ({ target }: FocusEvent) => {
    const id = target instanceof HTMLElement && target.dataset['partner']
    if (id) setActive(id)
  }
  onMount(() => {
    document.addEventListener('keydown', onKeyDown)
    document.addEventListener('focusin', onFocusIn)
    onCleanup(() => {
      document.removeEventListener('keydown', onKeyDown)
      document.removeEventListener('focusin', onFocusIn)
    })
  })
  createEffect(() => {
    const id = active()
    if (id !== undefined && !options.ids().includes(id)) setActive(undefined)
  })
  return {
    /** The partner that the keyboard is at. */
    active,
  }
}
