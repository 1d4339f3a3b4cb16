import { quoteCurrentUser } from '../../reach/quote-sql.ts'
import { ReachError } from '../../reach/reach-error.ts'
import type { ConnectOptions, ReachTarget } from '../../reach/reach-target.ts'
import { describeMissing, describeNoRights } from '../mysql/describe-mysql-error.ts'
import type { ConnectPartner } from './connect-partner.ts'
import { showRemoteText } from './reach-failure.ts'

/** What finding out more may take. */
const limitMs = 5_000

/**
 * A server answers alike to a database that is not there and to one that the user has no rights on. Asks it, without choosing a
 * database, what the user sees, and returns the failure with that. Any other failure is returned as it is, and so is this one when asking fails.
 */
export const explainMissing = async (
  connect: ConnectPartner,
  target: ReachTarget,
  { timeoutsMs, signal }: ConnectOptions,
  failure: unknown,
): Promise<unknown> => {
  if (!(failure instanceof ReachError && failure.reason === 'db-missing') || target.db.name === '') return failure
  const brief = AbortSignal.any([signal, AbortSignal.timeout(limitMs)])
  try {
    const connection = await connect({ ...target, db: { ...target.db, name: '' } }, { timeoutsMs, signal: brief })
    const ask = (sql: string) => connection.query(sql, [], { signal: brief, timeoutMs: limitMs })
    const [rows, [user]] = [await ask('SHOW DATABASES'), await ask('SELECT CURRENT_USER() AS account')]
    await connection.close()
    return explained(
      failure,
      target.db.name,
      rows.map(({ Database: name }) => showRemoteText(String(name))),
      quoteCurrentUser(user?.account, target.db.username),
    )
  } catch {
    return failure
  }
}

const explained = ({ stage, stages, hostKey, jumpKeys }: ReachError, name: string, seen: readonly string[], account: string) => {
  const details = { stage, stages, hostKey, jumpKeys }
  return seen.includes(name)
    ? new ReachError(describeNoRights(name, account), { ...details, reason: 'db-auth' })
    : new ReachError(
        describeMissing(
          name,
          account,
          seen.filter((other) => other !== 'information_schema'),
        ),
        { ...details, reason: 'db-missing' },
      )
}
