import { A } from '@solidjs/router'
import RefreshCw from 'lucide-solid/icons/refresh-cw'
import { createMemo, lazy, Show, Suspense } from 'solid-js'
import { useUser } from '../../api/api-context.tsx'
import { Button, buttonClass } from '../../components/button.tsx'
import { Page } from '../../components/page.tsx'
import { EmptyState, ErrorState, Skeleton } from '../../components/states.tsx'
import { useFleet } from '../../fleet/fleet-context.tsx'
import { useZone } from '../../time/zone-context.tsx'
import { ConnectionNotice } from './connection-notice.tsx'
import { FiringList } from './firing-list.tsx'
import { OverviewStrip } from './overview-strip.tsx'
import { PartnersSection } from './partners-section.tsx'

const CaptureProgress = lazy(() => import('./capture-progress.tsx'))

/** The server sends the time of its data every 15 seconds. */
const currentMs = 45_000

const DashboardPage = () => {
  const { state, connection, updatedAt, error, reconnect, capture } = useFleet()
  const { isAdmin } = useUser()
  const { now } = useZone()
  const isCurrent = createMemo(() => connection() !== 'offline' && now() - (updatedAt() ?? now()) < currentMs)
  const hasPartners = () => state.ids.length > 0
  return (
    <Page
      title="Dashboard"
      actions={
        <Show when={isAdmin() && hasPartners()}>
          <Button busy={capture.isRunning()} onClick={() => void capture.start()}>
            <Show when={!capture.isRunning()}>
              <RefreshCw size={15} aria-hidden="true" />
            </Show>
            Capture all now
          </Button>
        </Show>
      }
    >
      <ConnectionNotice connection={connection()} updatedAt={updatedAt()} isCurrent={isCurrent()} onRetry={reconnect} />
      <Show
        when={state.overview}
        fallback={
          <Show when={connection() === 'offline'} fallback={<Skeleton lines={10} />}>
            <ErrorState error={error()} onRetry={reconnect} />
          </Show>
        }
      >
        {(overview) => (
          <Show
            when={hasPartners()}
            fallback={
              <EmptyState
                title="There are no partners yet"
                action={
                  <Show when={isAdmin()}>
                    <A href="/partners/new" class={buttonClass('primary')}>
                      Add the first partner
                    </A>
                  </Show>
                }
              >
                {isAdmin() ? 'Its numbers show here within a minute of adding it.' : 'An administrator adds partners.'}
              </EmptyState>
            }
          >
            <Show when={state.firing}>
              {(firing) => <FiringList firing={firing()} uncovered={overview().activePartners - overview().coveredPartners} />}
            </Show>
            <OverviewStrip overview={overview()} />
            <Show when={capture.steps().size > 0 || capture.error() !== null}>
              <Suspense>
                <CaptureProgress capture={capture} rows={state.rows} />
              </Suspense>
            </Show>
            <PartnersSection
              fleet={state}
              isCurrent={isCurrent()}
              captureStep={(id) => capture.steps().get(id)}
              onCapture={isAdmin() ? (id) => void capture.start([id]) : undefined}
            />
          </Show>
        )}
      </Show>
    </Page>
  )
}

export default DashboardPage
