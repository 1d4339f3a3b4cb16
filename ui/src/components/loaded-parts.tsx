import { ErrorBoundary, type JSX, type ParentProps, Suspense } from 'solid-js'
import { toastError } from './toast.tsx'

/** Parts whose code is loaded when they open, with `loading` in their place until then. `onFailed` closes a part that cannot be loaded or that fails. */
export const LoadedParts = (props: ParentProps<{ loading?: JSX.Element; onFailed: () => void }>) => (
  <ErrorBoundary
    fallback={(error: unknown, reset) => {
      console.error(error)
      queueMicrotask(() => {
        props.onFailed()
        reset()
        toastError(error)
      })
      return null
    }}
  >
    <Suspense fallback={props.loading}>{props.children}</Suspense>
  </ErrorBoundary>
)
