import type { PartnerState } from '../../../../shared/partner/partner-state.ts'
import type { PartnerDetails } from './partner-queries.ts'

export type ListedPartner = { partner: PartnerDetails; state: PartnerState | null }

const sortValues = {
  name: ({ partner }: ListedPartner) => partner.partnerName.toLowerCase(),
  timezone: ({ partner }: ListedPartner) => partner.timezone,
  priority: ({ partner }: ListedPartner) => partner.priority,
  sync: ({ partner }: ListedPartner) => partner.sync.lastSyncAt ?? '',
}
export type PartnerSort = keyof typeof sortValues

export const isPartnerSort = (text: string | undefined): text is PartnerSort => text !== undefined && Object.hasOwn(sortValues, text)

const compare = (left: string | number, right: string | number) => {
  if (typeof left === 'number' && typeof right === 'number') return left - right
  return String(left).localeCompare(String(right))
}

const textOf = ({ partnerName, timezone, db, ssh }: PartnerDetails) =>
  [partnerName, timezone, db.host, db.name, ssh.enabled ? ssh.host : ''].join(' ').toLowerCase()

/** The partners that have every word of `search` in their name, hosts, database or zone, and the state; sorted. */
export const arrangePartners = (
  partners: readonly ListedPartner[],
  by: { search: string; state: PartnerState | null; sort: PartnerSort; isDescending: boolean },
): ListedPartner[] => {
  const words = by.search.toLowerCase().split(/\s+/).filter(Boolean)
  const sortValue = sortValues[by.sort]
  return partners
    .filter(({ partner, state }) => (by.state === null || state === by.state) && words.every((word) => textOf(partner).includes(word)))
    .sort((left, right) => compare(sortValue(left), sortValue(right)) * (by.isDescending ? -1 : 1))
}
