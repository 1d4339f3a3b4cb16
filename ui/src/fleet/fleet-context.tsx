import { createContext, type ParentProps, useContext } from 'solid-js'
import { useClient } from '../api/api-context.tsx'
import { useZone } from '../time/zone-context.tsx'
import { AlertAnnouncer } from './alert-announcer.tsx'
import { createCapture } from './create-capture.ts'
import { createFleet } from './create-fleet.ts'

const createFleetContext = () => {
  const client = useClient()
  const { correct } = useZone()
  return { ...createFleet(client, correct), capture: createCapture(client) }
}

const FleetContext = createContext<ReturnType<typeof createFleetContext>>()

/** Gives everything below it the fleet, read once for all, and announces new alerts. */
export const FleetProvider = (props: ParentProps) => {
  const fleet = createFleetContext()
  return (
    <FleetContext.Provider value={fleet}>
      {props.children}
      <AlertAnnouncer fleet={fleet.state} />
    </FleetContext.Provider>
  )
}

export const useFleet = () => {
  const fleet = useContext(FleetContext)
  if (!fleet) throw new Error('There is no FleetProvider above.')
  return fleet
}
