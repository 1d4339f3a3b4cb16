import { Dialog as Kobalte } from '@kobalte/core/dialog'
import X from 'lucide-solid/icons/x'
import { createComputed, type JSX, Show } from 'solid-js'

type DialogProps = {
  isOpen: boolean
  onClose: () => void
  title: string
  description?: JSX.Element
  children?: JSX.Element
  /** The buttons at the end. */
  actions?: JSX.Element
  wide?: boolean
}

const firstField = '[autofocus], input:checked, input:not([type="radio"]), textarea'

/** A modal dialog: its first field takes the focus, which goes back to where it was when it ends, with Escape as well. */
export const Dialog = (props: DialogProps) => {
  let content: HTMLElement | undefined
  let opener: Element | null = null
  createComputed(() => {
    if (props.isOpen) opener = document.activeElement
  })
  const enter = (event: Event) => {
    const field = content?.querySelector<HTMLElement>(firstField)
    if (!field) return
    event.preventDefault()
    field.focus()
  }
  const leave = () => opener instanceof HTMLElement && opener.focus()
  return (
    <Kobalte open={props.isOpen} onOpenChange={(isOpen) => !isOpen && props.onClose()}>
      <Kobalte.Portal>
        <Kobalte.Overlay class="fixed inset-0 z-40 bg-black/50" />
        <div class="fixed inset-0 z-50 flex items-start justify-center overflow-y-auto p-3 sm:p-8">
          <Kobalte.Content
            ref={(element: HTMLElement) => {
              content = element
            }}
            onOpenAutoFocus={enter}
            onCloseAutoFocus={leave}
            class={`my-auto w-full rounded-xl border border-line bg-surface p-5 shadow-pop ${props.wide ? 'max-w-3xl' : 'max-w-md'}`}
          >
            <div class="flex items-start justify-between gap-3">
              <Kobalte.Title class="text-lg font-semibold">{props.title}</Kobalte.Title>
              <Kobalte.CloseButton aria-label="Close" class="-m-1 rounded-md p-1 text-muted hover:bg-sunken">
                <X size={18} aria-hidden="true" />
              </Kobalte.CloseButton>
            </div>
            <Show when={props.description}>
              <Kobalte.Description class="mt-1 text-sm text-muted">{props.description}</Kobalte.Description>
            </Show>
            <div class="mt-4">{props.children}</div>
            <Show when={props.actions}>
              <div class="mt-5 flex flex-wrap justify-end gap-2">{props.actions}</div>
            </Show>
          </Kobalte.Content>
        </div>
      </Kobalte.Portal>
    </Kobalte>
  )
}
