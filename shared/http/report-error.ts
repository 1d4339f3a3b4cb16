import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { AppError, type ErrorCode, statusOf } from '../errors.ts'
import type { AppEnv } from './app-env.ts'

const recognise = (error: unknown): AppError => {
  if (error instanceof AppError) return error
  if (error instanceof HTTPException) {
    const code = (Object.keys(statusOf) as ErrorCode[]).find((key) => statusOf[key] === error.status)
    if (code && code !== 'internal') return new AppError(code, error.message || code, { cause: error })
  }
  return new AppError('internal', 'Something went wrong on our side.', { cause: error })
}

/** Logs what went wrong, and returns what the caller may see of it: the failure and the one error body. */
export const reportError = (c: Context<AppEnv>, error: unknown) => {
  const failure = recognise(error)
  const { code, message, issues, cause } = failure
  if (code === 'internal' || cause !== undefined)
    c.get('log')[code === 'internal' ? 'error' : 'info']({ err: cause ?? failure, code }, message)
  return { failure, body: { error: { code, message, requestId: c.get('requestId'), ...(issues && { issues }) } } }
}
