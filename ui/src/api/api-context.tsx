import { createContext, type ParentProps, useContext } from 'solid-js'
import { type Client, createClient } from './client.ts'
import { createSession, type Session } from './create-session.ts'

const ApiContext = createContext<{ client: Client; session: Session }>()

/** Gives everything below it the session and the typed client, over `fetch` or the browser's own. */
export const ApiProvider = (props: ParentProps<{ fetch?: typeof globalThis.fetch }>) => {
  const session = createSession(props.fetch)
  const client = createClient(session.fetch)
  return <ApiContext.Provider value={{ client, session }}>{props.children}</ApiContext.Provider>
}

const useApi = () => {
  const api = useContext(ApiContext)
  if (!api) throw new Error('There is no ApiProvider above.')
  return api
}

export const useClient = () => useApi().client
export const useSession = () => useApi().session

/** The signed-in user; `isAdmin` decides what is offered. Only below the signed-in shell. */
export const useUser = () => {
  const session = useSession()
  const user = () => {
    const state = session.state()
    if (state.name !== 'signed-in') throw new Error('Nobody is signed in.')
    return state.user
  }
  return {
    user,
    isAdmin: () => {
      const state = session.state()
      return state.name === 'signed-in' && state.user.role === 'ADMIN'
    },
  }
}
