import { AppError } from '../../shared/errors.ts'
import type { UserDoc, UserStore } from '../../shared/node/mongo/access/users.ts'

export type ExpectUserDeps = { users: Pick<UserStore, 'find' | 'claimAdmins'>; newId: () => string }

export const findUser = async (deps: ExpectUserDeps, id: string): Promise<UserDoc> => {
  const user = await deps.users.find(id)
  if (!user) throw new AppError('not_found', 'There is no such user.')
  return user
}

/** What a write that takes the user's role away has to find: for an admin a claim, which nobody gets for the last one. */
export const expectReplaceable = async (deps: ExpectUserDeps, { _id, role }: UserDoc): Promise<Pick<UserDoc, 'role' | 'adminClaim'>> => {
  if (role !== 'ADMIN') return { role }
  const adminClaim = deps.newId()
  const outcome = await deps.users.claimAdmins(_id, adminClaim)
  if (outcome === 'last') throw new AppError('conflict', 'This is the last admin. Make another one first.')
  if (outcome === 'busy') throw changedMeanwhile()
  return { role, adminClaim }
}

export const changedMeanwhile = () => new AppError('conflict', 'Somebody else changed the users at the same time. Look again.')
