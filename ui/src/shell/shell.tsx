import type { RouteSectionProps } from '@solidjs/router'
import { ErrorBoundary, Suspense } from 'solid-js'
import { AlertActionsProvider } from '../alert-actions/alert-actions-context.tsx'
import { ErrorState, Skeleton } from '../components/states.tsx'
import { Toasts } from '../components/toast.tsx'
import { FleetProvider } from '../fleet/fleet-context.tsx'
import { Header } from './header.tsx'
import { MissingCodeNotice } from './missing-code-notice.tsx'
import { Navigation } from './navigation.tsx'
import { Palette } from './palette.tsx'

/** The frame of every screen of a signed-in user. */
export const Shell = (props: RouteSectionProps) => (
  <FleetProvider>
    <AlertActionsProvider>
      <a
        href="#content"
        class="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-80 focus:rounded-md focus:bg-surface focus:px-3 focus:py-2"
      >
        Skip to content
      </a>
      <Header />
      <MissingCodeNotice />
      <main id="content" tabindex="-1" class="pb-20 outline-none sm:pb-6">
        <ErrorBoundary
          fallback={(error: unknown, reset) => (
            <div class="p-6">
              <ErrorState error={error} onRetry={reset} />
            </div>
          )}
        >
          <Suspense fallback={<Skeleton class="p-6" />}>{props.children}</Suspense>
        </ErrorBoundary>
      </main>
      <Navigation placement="bottom" />
      <Palette />
      <Toasts />
    </AlertActionsProvider>
  </FleetProvider>
)
