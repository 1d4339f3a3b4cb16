/** Every error code that the API answers, and its HTTP status. */
export const statusOf = {
  bad_request: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  payload_too_large: 413,
  invalid: 422,
  too_many_requests: 429,
  internal: 500,
  not_implemented: 501,
  unavailable: 503,
} as const

export type ErrorCode = keyof typeof statusOf

/** One problem of an input: the field's dotted path (`ssh.privateKey`) and what is wrong with it. */
export type Issue = { path: string; message: string }

/** A failure that a caller may see. `message` and `issues` are safe to show; `cause` is only logged. */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly issues: Issue[] | undefined
  readonly retryAfterSeconds: number | undefined

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; issues?: Issue[]; retryAfterSeconds?: number } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.issues = options.issues
    this.retryAfterSeconds = options.retryAfterSeconds
  }
}

/** An `invalid` error (422) for one field. */
export const invalidField = (path: string, message: string) =>
  new AppError('invalid', `${path}: ${message}`, { issues: [{ path, message }] })
