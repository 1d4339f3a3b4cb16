import { Toast, toaster } from '@kobalte/core/toast'
import X from 'lucide-solid/icons/x'
import { Portal } from 'solid-js/web'

/** Shows a toast in the region below. */
export const showToast = (text: string, tone: 'ok' | 'critical') =>
  toaster.show((props) => (
    <Toast
      toastId={props.toastId}
      priority={tone === 'critical' ? 'high' : 'low'}
      class={`flex items-start justify-between gap-3 rounded-lg border bg-surface p-3 text-sm shadow-pop ${tone === 'critical' ? 'border-critical' : 'border-line'}`}
    >
      <Toast.Description>{text}</Toast.Description>
      <Toast.CloseButton aria-label="Close" class="text-muted">
        <X size={16} aria-hidden="true" />
      </Toast.CloseButton>
    </Toast>
  ))

/** Where toasts appear. */
const ToastRegion = () => (
  <Portal>
    <Toast.Region limit={4} duration={6_000}>
      <Toast.List class="fixed right-3 bottom-16 z-70 flex w-80 max-w-[calc(100vw-1.5rem)] flex-col gap-2 sm:bottom-3" />
    </Toast.Region>
  </Portal>
)

export default ToastRegion
