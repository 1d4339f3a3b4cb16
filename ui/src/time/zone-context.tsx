import { createContext, createSignal, type ParentProps, useContext } from 'solid-js'
import { createClock } from './create-clock.ts'

const storageKey = 'zone'
const defaultZone = 'America/New_York'

/** A clock that differs more from the server's is not trusted. */
const toleratedMs = 5_000

const isZone = (zone: string | null): zone is string => {
  try {
    return zone !== null && new Intl.DateTimeFormat('en', { timeZone: zone }) !== undefined
  } catch {
    return false
  }
}

const createZone = () => {
  const stored = localStorage.getItem(storageKey)
  const [zone, setZone] = createSignal(isZone(stored) ? stored : defaultZone)
  const [aheadMs, setAheadMs] = createSignal(0)
  const clock = createClock()
  return {
    /** The IANA zone in which all times are shown. */
    zone,
    choose: (next: string) => {
      localStorage.setItem(storageKey, next)
      setZone(next)
    },
    /** The current time in epoch milliseconds, updated every second: the server's, where this computer's clock is wrong. */
    now: () => clock() - aheadMs(),
    /** Sets what the server's clock says now. */
    correct: (serverMs: number) => {
      const ms = Date.now() - serverMs
      setAheadMs(Math.abs(ms) > toleratedMs ? ms : 0)
    },
  }
}

const ZoneContext = createContext<ReturnType<typeof createZone>>()

/** Gives everything below it the zone of all times and the current time. */
export const ZoneProvider = (props: ParentProps) => <ZoneContext.Provider value={createZone()}>{props.children}</ZoneContext.Provider>

export const useZone = () => {
  const zone = useContext(ZoneContext)
  if (!zone) throw new Error('There is no ZoneProvider above.')
  return zone
}
