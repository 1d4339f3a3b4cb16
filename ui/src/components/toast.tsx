import { createSignal, lazy, Show, Suspense } from 'solid-js'
import { ApiError } from '../api/api-error.ts'

const loadRegion = () => import('./toast-region.tsx')
const ToastRegion = lazy(loadRegion)
const [isUsed, setUsed] = createSignal(false)

const show = async (text: string, tone: 'ok' | 'critical') => {
  const { showToast } = await loadRegion()
  setUsed(true)
  showToast(text, tone)
}

/** Says that something was done. */
export const toastDone = (text: string) => void show(text, 'ok')

/** Says what went wrong, with the request's id where there is one. */
export const toastError = (error: unknown) => {
  const text = error instanceof ApiError ? error.message : 'Something went wrong.'
  const requestId = error instanceof ApiError && error.requestId ? ` (request ${error.requestId})` : ''
  void show(`${text}${requestId}`, 'critical')
}

/** Where toasts appear, from the first one on. Once, in the shell. */
export const Toasts = () => (
  <Show when={isUsed()}>
    <Suspense>
      <ToastRegion />
    </Suspense>
  </Show>
)
