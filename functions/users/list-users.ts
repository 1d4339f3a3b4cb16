import type { SessionStore } from '../../shared/node/mongo/access/sessions.ts'
import type { UserDoc, UserStore } from '../../shared/node/mongo/access/users.ts'
import type { ListedUser } from './schema.ts'

export type ListUsersDeps = {
  users: Pick<UserStore, 'list'>
  sessions: Pick<SessionStore, 'countByUser'>
  now: () => Date
}

type Stored = Pick<UserDoc, '_id' | 'username' | 'role' | 'createdAt' | 'updatedAt' | 'lastSignInAt'>

export const userView = (user: Stored, openSessions: number): ListedUser => ({
  id: user._id,
  username: user.username,
  role: user.role,
  createdAt: user.createdAt.toISOString(),
  updatedAt: user.updatedAt.toISOString(),
  lastSignInAt: user.lastSignInAt?.toISOString() ?? null,
  openSessions,
})

/** All users, by name. */
export const listUsers = async (deps: ListUsersDeps): Promise<ListedUser[]> => {
  const [users, sessions] = await Promise.all([deps.users.list(), deps.sessions.countByUser(deps.now())])
  return users.map((user) => userView(user, sessions.get(user._id) ?? 0))
}
