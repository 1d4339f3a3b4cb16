import { Navigate, Route, Router } from '@solidjs/router'
import { QueryClient, QueryClientProvider } from '@tanstack/solid-query'
import { lazy, Match, Switch } from 'solid-js'
import { ApiProvider, useSession } from './api/api-context.tsx'
import { ApiError } from './api/api-error.ts'
import { Page } from './components/page.tsx'
import { SignInPage } from './pages/sign-in/sign-in-page.tsx'
import { Shell } from './shell/shell.tsx'
import { ZoneProvider } from './time/zone-context.tsx'

const DashboardPage = lazy(() => import('./pages/dashboard/dashboard-page.tsx'))
const PartnersPage = lazy(() => import('./pages/partners/partners-page.tsx'))
const NewPartnerPage = lazy(() => import('./pages/partners/new-partner-page.tsx'))
const ImportPage = lazy(() => import('./pages/partners/import/import-page.tsx'))
const EditPartnerPage = lazy(() => import('./pages/partners/edit-partner-page.tsx'))
const PartnerPage = lazy(() => import('./pages/partner/partner-page.tsx'))
const AlertsPage = lazy(() => import('./pages/alerts/alerts-page.tsx'))
const SettingsPage = lazy(() => import('./pages/settings/settings-page.tsx'))

const maxRetries = 2
const staleMs = 5_000

const createQueries = () =>
  new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: staleMs,
        // Solid's error boundaries are for bugs; a request that fails is shown where its data would be.
        throwOnError: false,
        suspense: false,
        retry: (count, error) => count < maxRetries && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
      },
    },
  })

const NotFound = () => <Page title="Page not found">The address is wrong, or the page no longer exists.</Page>

const SignedIn = () => {
  // A new sign-in starts without the last user's data.
  const queries = createQueries()
  return (
    <QueryClientProvider client={queries}>
      <Router root={Shell}>
        <Route path="/" component={DashboardPage} />
        <Route path="/partners" component={PartnersPage} />
        <Route path="/partners/new" component={NewPartnerPage} />
        <Route path="/partners/import" component={ImportPage} />
        <Route path="/partners/:id" component={PartnerPage} />
        <Route path="/partners/:id/edit" component={EditPartnerPage} />
        <Route path="/alerts" component={() => <Navigate href="/alerts/firing" />} />
        <Route path="/alerts/:view" component={AlertsPage} />
        <Route path="/settings" component={() => <Navigate href="/settings/operation" />} />
        <Route path="/settings/:view" component={SettingsPage} />
        <Route path="*" component={NotFound} />
      </Router>
    </QueryClientProvider>
  )
}

const Gate = () => {
  const session = useSession()
  const signedOut = () => {
    const state = session.state()
    return state.name === 'signed-out' ? state : null
  }
  const userId = () => {
    const state = session.state()
    return state.name === 'signed-in' ? state.user.id : null
  }
  return (
    <Switch
      fallback={
        <p role="status" class="grid min-h-dvh place-items-center text-muted">
          Connecting to the server …
        </p>
      }
    >
      <Match when={signedOut()}>{(state) => <SignInPage ended={state().ended} />}</Match>
      <Match when={userId()} keyed>
        {(_id) => <SignedIn />}
      </Match>
    </Switch>
  )
}

export const App = () => (
  <ApiProvider>
    <ZoneProvider>
      <Gate />
    </ZoneProvider>
  </ApiProvider>
)
