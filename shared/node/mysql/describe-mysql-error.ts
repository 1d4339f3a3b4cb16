import { ReachFailure, showRemoteText } from '../reach/reach-failure.ts'

type MysqlError = Error & { code?: string; errno?: number; sqlMessage?: string }

// https://dev.mysql.com/doc/mysql-errors/8.0/en/server-error-reference.html
const accessDenied = new Set([1044, 1045, 1698, 1820, 1862, 3118])
const unknownDatabase = 1049
/** MySQL's ER_QUERY_TIMEOUT and MariaDB's ER_STATEMENT_TIMEOUT. */
const overLimit = new Set([3024, 1969])

/** Why a sign-in failed. What a server says is repeated only when it `greeted` as MySQL: whatever else listens there must not be read. */
export const describeConnectError = (cause: MysqlError, greeted: boolean): ReachFailure => {
  if (cause instanceof ReachFailure) return cause
  const { errno, code = '' } = cause
  if (errno !== undefined && accessDenied.has(errno)) return new ReachFailure('db-auth', 'The database refused the user.', { cause })
  if (errno === unknownDatabase) return new ReachFailure('db-missing', 'The database does not exist.', { cause })
  if (code === 'AUTH_SWITCH_PLUGIN_ERROR' || code === 'MYSQL_CLEAR_PASSWORD_NOT_ENABLED') {
    return new ReachFailure('db-auth', 'The database asks for a way to sign in that is not supported.', { cause })
  }
  const detail = greeted ? said(cause) : codeOf(cause)
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

/** The library knows the names of MySQL's errors; one that has none is not MySQL's. */
const codeOf = ({ code, errno }: MysqlError): string => (errno !== undefined && code !== undefined ? `: ${code}` : '')

const said = (cause: MysqlError): string => {
  const code = codeOf(cause)
  return code && cause.sqlMessage ? `${code}: ${showRemoteText(cause.sqlMessage)}` : code
}
