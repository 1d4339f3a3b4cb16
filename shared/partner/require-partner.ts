import { AppError } from '../errors.ts'
import type { PartnerDoc } from '../node/mongo/partners/partners.ts'

export const noSuchPartner = () => new AppError('not_found', 'There is no such partner.')

/** The partner with this id. @throws AppError `not_found` */
export const requirePartner = async (
  deps: { partners: { find: (id: string) => Promise<PartnerDoc | null> } },
  id: string,
): Promise<PartnerDoc> => {
  const partner = await deps.partners.find(id)
  if (!partner) throw noSuchPartner()
  return partner
}
