import { createContext, type ParentProps, useContext } from 'solid-js'
import { useClient } from '../api/api-context.tsx'
import { createFleet } from './create-fleet.ts'

const FleetContext = createContext<ReturnType<typeof createFleet>>()

/** Gives everything below it the fleet, read once for all. */
export const FleetProvider = (props: ParentProps) => (
  <FleetContext.Provider value={createFleet(useClient())}>{props.children}</FleetContext.Provider>
)

export const useFleet = () => {
  const fleet = useContext(FleetContext)
  if (!fleet) throw new Error('There is no FleetProvider above.')
  return fleet
}
