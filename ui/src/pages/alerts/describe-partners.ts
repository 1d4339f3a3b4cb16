import { isolateName } from '../../../../shared/isolate-name.ts'

const shownNames = 3

/** Which partners something is for, in words; `null`: all of them. */
export const describePartners = (partnerIds: readonly string[] | null, nameOf: (id: string) => string): string => {
  if (partnerIds === null) return 'All partners and the fleet'
  if (partnerIds.length === 0) return 'No partner'
  const names = partnerIds
    .slice(0, shownNames)
    .map((id) => isolateName(nameOf(id)))
    .join(', ')
  return partnerIds.length > shownNames ? `${names} and ${partnerIds.length - shownNames} more` : names
}
