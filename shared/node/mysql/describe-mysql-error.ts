import { quoteAccount, quoteName } from '../../reach/quote-sql.ts'
import type { Reason } from '../../reach/reach-error.ts'
import type { MysqlLogin } from '../../reach/reach-target.ts'
import { ReachFailure, showRemoteText } from '../reach/reach-failure.ts'

type MysqlError = Error & { code?: string; errno?: number; sqlMessage?: string }

/** How a sign-in went on. */
export type SignIn = Pick<MysqlLogin, 'name' | 'username' | 'tls'> & {
  /** The server greeted as MySQL does. What any other says must not be read. */
  greeted: boolean
  /** It offers to encrypt the connection. */
  offersTls: boolean
}

/** MySQL's ER_QUERY_TIMEOUT and MariaDB's ER_STATEMENT_TIMEOUT. */
const overLimit = new Set([3024, 1969])
/** From here on, MySQL and MariaDB give the same number to different errors. */
const firstOwnError = 1900

type Said = { reason: Reason; says: (signIn: SignIn) => string }
const say = (reason: Reason, says: Said['says']): Said => ({ reason, says })

const accessDenied = say('db-auth', (signIn) => `The database refused the user or its password. ${otherCauses(signIn)}`)
const locked = say(
  'db-auth',
  ({ username }) => `The database account is locked. To unlock it: ALTER USER ${quoteAccount(username)} ACCOUNT UNLOCK;`,
)
const expired = say(
  'db-auth',
  ({ username }) =>
    `The password of the database account has expired. To renew it: ALTER USER ${quoteAccount(username)} IDENTIFIED BY '…';`,
)
const needsTls = say('tls-required', () => 'The database only takes encrypted connections: set db.tls to required, or stricter.')

/** What a refused sign-in means, by the numbers that MySQL and MariaDB share, then by those of MySQL, then by those of MariaDB. */
const refusals: Readonly<Record<number, Said>> = {
  1040: say('db-refused', () => 'The database has too many connections: end idle ones, or raise max_connections.'),
  1044: say('db-missing', ({ name, username }) => describeMissing(name, quoteAccount(username), [])),
  1045: accessDenied,
  1049: say('db-missing', ({ name, username }) => describeMissing(name, quoteAccount(username), [])),
  1129: say(
    'db-refused',
    () =>
      'The database blocks this host after too many failed connections. To unblock it: FLUSH HOSTS; (MySQL 8.0.23 and later: TRUNCATE TABLE performance_schema.host_cache;)',
  ),
  1130: say(
    'db-auth',
    ({ username }) =>
      `The database lets nobody connect from this host. To let the user: CREATE USER ${quoteAccount(username, 'this host')} IDENTIFIED BY '…'; and grant it what it reads.`,
  ),
  1203: say('db-refused', () => 'The database allows each user fewer connections than are open (max_user_connections): end idle ones.'),
  1226: say(
    'db-refused',
    ({ username }) =>
      `The database account has used up its limit of connections or statements. To raise it: ALTER USER ${quoteAccount(username)} WITH MAX_USER_CONNECTIONS 5 MAX_CONNECTIONS_PER_HOUR 0 MAX_QUERIES_PER_HOUR 0;`,
  ),
  1698: accessDenied,
  1820: expired,
  1862: expired,
  3118: locked,
  3159: needsTls,
  3955: say(
    'db-auth',
    ({ username }) =>
      `The database account is locked after too many wrong passwords. To unlock it: ALTER USER ${quoteAccount(username)} ACCOUNT UNLOCK;`,
  ),
  4150: say('db-auth', () => 'The database account is blocked after too many wrong passwords. To unblock it: FLUSH PRIVILEGES;'),
  4151: locked,
}

/** What a server answers alike to a wrong password: its protocol does not tell them apart. */
const otherCauses = ({ tls, offersTls }: SignIn): string => {
  const causes = ['the user may not connect from this host']
  if (!tls && offersTls) causes.push('it may only connect encrypted (REQUIRE SSL, require_secure_transport): then set db.tls to required')
  if (tls && !tls.certificate) causes.push('it has to show a client certificate (REQUIRE X509): then give db.tlsCertificate and db.tlsKey')
  return `Where both are right, ${causes.join(', or ')}.`
}

/** A database that the user cannot choose: a server does not say whether it is there. `seen`: those that the user may use. */
export const describeMissing = (name: string, account: string, seen: readonly string[]): string =>
  [
    `There is no database ${name}, or the user has no rights on it.`,
    ...(seen.length > 0 ? [`The user sees: ${seen.slice(0, 10).join(', ')}.`] : []),
    `To see all, as an administrator: SHOW DATABASES; to let the user read it: ${grantOn(name, account)}`,
  ].join(' ')

export const describeNoRights = (name: string, account: string): string =>
  `The user has no rights on the database ${name}. To let it read: ${grantOn(name, account)}`

const grantOn = (name: string, account: string): string => `GRANT SELECT ON ${quoteName(name)}.* TO ${account};`

/** Why a sign-in failed. What a server says is repeated only when it greeted as MySQL. */
export const describeConnectError = (cause: MysqlError, signIn: SignIn): ReachFailure => {
  if (cause instanceof ReachFailure) return cause
  const { errno, code = '' } = cause
  const refusal = errno === undefined ? undefined : refusals[errno]
  if (refusal) return new ReachFailure(refusal.reason, refusal.says(signIn), { cause })
  if (code === 'HANDSHAKE_NO_SSL_SUPPORT') {
    const message = 'The database offers no encryption. To send the password and all data in the clear nevertheless, set db.tls to off.'
    return new ReachFailure('tls-required', message, { cause })
  }
  if (code === 'AUTH_SWITCH_PLUGIN_ERROR' || code === 'MYSQL_CLEAR_PASSWORD_NOT_ENABLED') {
    return new ReachFailure('db-auth', 'The database asks for a way to sign in that is not supported.', { cause })
  }
  const detail = signIn.greeted ? said(cause) : codeOf(cause)
  return new ReachFailure('db-refused', `The database refused the connection${detail}.`, { cause })
}

/** Why a statement failed. */
export const describeQueryError = (cause: MysqlError): ReachFailure => {
  if (cause instanceof ReachFailure) return cause
  if (cause.errno !== undefined && overLimit.has(cause.errno)) {
    return new ReachFailure('timeout', 'The query ran over its limit and was ended by the server.', { cause })
  }
  if (cause.errno === undefined) return new ReachFailure('query', 'The connection to the database was lost.', { cause })
  return new ReachFailure('query', `The query failed${said(cause)}.`, { cause })
}

/** The library knows the names of MySQL's errors; one that has none is not MySQL's, and what MariaDB numbers itself is none of these. */
const codeOf = ({ code, errno }: MysqlError): string => {
  if (errno === undefined || code === undefined) return ''
  return errno < firstOwnError ? `: ${code}` : `: error ${errno}`
}

const said = (cause: MysqlError): string => {
  const code = codeOf(cause)
  return code && cause.sqlMessage ? `${code}: ${showRemoteText(cause.sqlMessage)}` : code
}
