import { createMemo } from 'solid-js'
import { useFleet } from '../../fleet/fleet-context.tsx'

/** The partners by name, to choose from and to be called. */
export const createPartnerNames = () => {
  const { state } = useFleet()
  const options = createMemo(() =>
    Object.values(state.rows)
      .map(({ partner }) => ({ value: partner.id, label: partner.partnerName }))
      .sort((left, right) => left.label.localeCompare(right.label)),
  )
  return { options, nameOf: (id: string) => state.rows[id]?.partner.partnerName ?? id }
}
