import { createMemoryHistory, MemoryRouter, Route } from '@solidjs/router'
import { configure, render } from '@solidjs/testing-library'
import { QueryClient, QueryClientProvider } from '@tanstack/solid-query'
import { userEvent } from '@testing-library/user-event'
import { type JSX, type ParentProps, Show } from 'solid-js'
import { AlertActionsProvider } from './alert-actions/alert-actions-context.tsx'
import { ApiProvider, useSession } from './api/api-context.tsx'
import { FleetProvider } from './fleet/fleet-context.tsx'
import { ZoneProvider } from './time/zone-context.tsx'

// A part of the app that is loaded when it opens takes its time on a busy machine.
configure({ asyncUtilTimeout: 5_000 })

/** What a route answers: a body, or a response. */
type Answer = (body: unknown) => object | Response | Promise<Response>

type Sent = { route: string; body: unknown }

const notFound = () => Response.json({ error: { code: 'not_found', message: 'There is no such route.', requestId: 'r' } }, { status: 404 })

const SignedIn = (props: ParentProps) => {
  const session = useSession()
  return <Show when={session.state().name === 'signed-in'}>{props.children}</Show>
}

/**
 * Shows a part of the app to a user, over a server whose routes (`'GET /api/alerts/rules'`) answer as given. `sent` holds what was
 * asked of those routes.
 */
export const showScreen = (
  part: () => JSX.Element,
  { routes = {}, role = 'ADMIN', path = '/' }: { routes?: Record<string, Answer>; role?: 'ADMIN' | 'VIEWER'; path?: string } = {},
) => {
  const sent: Sent[] = []
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const route = `${init?.method ?? 'GET'} ${new URL(String(input), location.href).pathname}`
    if (route === 'POST /api/login/refresh')
      return Response.json({ accessToken: 'token', expiresIn: 900, user: { id: 'u', username: 'ada', role } })
    const answer = routes[route]
    if (!answer) return notFound()
    const isText = new Headers(init?.headers).get('content-type')?.startsWith('text/')
    const body: unknown = init?.body && !isText ? JSON.parse(String(init.body)) : (init?.body ?? null)
    sent.push({ route, body })
    const answered = await answer(body)
    return answered instanceof Response ? answered : Response.json(answered)
  }
  const history = createMemoryHistory()
  history.set({ value: path })
  render(() => (
    <ApiProvider fetch={fetch}>
      <ZoneProvider>
        <SignedIn>
          <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false, throwOnError: false } } })}>
            <MemoryRouter history={history}>
              <Route
                path="*"
                component={() => (
                  <FleetProvider>
                    <AlertActionsProvider>{part()}</AlertActionsProvider>
                  </FleetProvider>
                )}
              />
            </MemoryRouter>
          </QueryClientProvider>
        </SignedIn>
      </ZoneProvider>
    </ApiProvider>
  ))
  return { sent, user: userEvent.setup(), path: history.get }
}

/** The API's answer to what it refuses. */
export const refusal = (status: number, message: string, issues: { path: string; message: string }[] = []) =>
  Response.json({ error: { code: 'refused', message, requestId: 'r1', issues } }, { status })
