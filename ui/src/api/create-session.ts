import { createSignal, onCleanup } from 'solid-js'
import type { Access, User } from '../../../functions/login/schema.ts'
import { ApiError, readApiError } from './api-error.ts'

export type SessionState =
  | { name: 'checking' }
  | { name: 'signed-in'; user: User }
  /** `ended`: there was a session, and it is over. */
  | { name: 'signed-out'; ended: boolean }

type Message = { type: 'access'; access: Access } | { type: 'signed-out' }

/** An access token is renewed so long before it expires. */
const renewBeforeMs = 60_000
const retryRenewMs = 5_000

/**
 * The session of this browser, shared by its tabs: the refresh cookie belongs to all of them, so one of them renews at a time
 * and informs the others. The access token is only ever in memory.
 */
export const createSession = (fetch: typeof globalThis.fetch = globalThis.fetch.bind(globalThis)) => {
  const [state, setState] = createSignal<SessionState>({ name: 'checking' })
  const tabs = new BroadcastChannel('session')
  let accessToken: string | undefined
  let renewal: Promise<boolean> | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  const renewIn = (ms: number) => {
    clearTimeout(timer)
    timer = setTimeout(renew, ms)
  }
  const take = (access: Access) => {
    accessToken = access.accessToken
    const previous = state()
    const { id, username, role } = access.user
    const isSame =
      previous.name === 'signed-in' && previous.user.id === id && previous.user.role === role && previous.user.username === username
    if (!isSame) setState({ name: 'signed-in', user: access.user })
    renewIn(Math.max(access.expiresIn * 1000 - renewBeforeMs, (access.expiresIn * 1000) / 2))
  }
  const drop = (ended: boolean) => {
    accessToken = undefined
    clearTimeout(timer)
    setState({ name: 'signed-out', ended })
  }
  tabs.onmessage = ({ data }: MessageEvent<Message>) => {
    if (data.type === 'access') take(data.access)
    else drop(state().name === 'signed-in')
  }

  const requestRenewal = async (spent: string | undefined): Promise<boolean> => {
    // Another tab renewed while this one waited for its turn.
    if (accessToken !== spent) return true
    const response = await fetch('/api/login/refresh', { method: 'POST' })
    if (response.status === 401) {
      drop(state().name === 'signed-in')
      return false
    }
    if (!response.ok) throw await readApiError(response)
    const access = (await response.json()) as Access
    take(access)
    tabs.postMessage({ type: 'access', access } satisfies Message)
    return true
  }
  /** Resolves to whether there is a session. A server that cannot be reached ends none: it is asked again. */
  const renew = (): Promise<boolean> => {
    const spent = accessToken
    // Locks are there in secure contexts only; without them the server lets tabs that renew at the same moment pass.
    const inTurn = () => (navigator.locks ? navigator.locks.request('session-renewal', () => requestRenewal(spent)) : requestRenewal(spent))
    renewal ??= inTurn()
      .catch(() => {
        renewIn(retryRenewMs)
        return accessToken !== undefined
      })
      .finally(() => {
        renewal = undefined
      })
    return renewal
  }

  const authorised = (input: RequestInfo | URL, init: RequestInit | undefined) => {
    const headers = new Headers(init?.headers)
    if (accessToken) headers.set('Authorization', `Bearer ${accessToken}`)
    return fetch(input, { ...init, headers })
  }

  onCleanup(() => {
    clearTimeout(timer)
    tabs.close()
  })
  void renew()

  return {
    state,
    /** Sends a request with the access token, and once more with a new one where it was refused. */
    fetch: (async (input, init) => {
      const sent = accessToken
      const response = await authorised(input, init)
      if (response.status !== 401) return response
      const hasSession = accessToken !== sent || (await renew())
      return hasSession ? authorised(input, init) : response
    }) as typeof globalThis.fetch,
    /** @throws ApiError 401: wrong; 429: too many failures, see `retryAfterSeconds` */
    signIn: async (username: string, password: string): Promise<void> => {
      const response = await fetch('/api/login', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ username, password }),
      }).catch((cause: unknown) => {
        throw new ApiError('The server cannot be reached.', { status: 0, code: 'unreachable' }, cause)
      })
      if (!response.ok) throw await readApiError(response)
      const access = (await response.json()) as Access
      take(access)
      tabs.postMessage({ type: 'access', access } satisfies Message)
    },
    signOut: async (): Promise<void> => {
      await fetch('/api/login/logout', { method: 'POST' })
      drop(false)
      tabs.postMessage({ type: 'signed-out' } satisfies Message)
    },
    /** Asks again whether there is a session. */
    renew,
  }
}

export type Session = ReturnType<typeof createSession>
