import { describeRoute, resolver, validator } from 'hono-openapi'
import { z } from 'zod'
import { AppError, type ErrorCode, statusOf } from '../errors.ts'
import { describeIssues } from './describe-issues.ts'
import { surrogateIssues } from './surrogate-issues.ts'

/** The body of every error answer. */
const ErrorBody = z
  .object({
    error: z.object({
      code: z.enum(Object.keys(statusOf) as [ErrorCode, ...ErrorCode[]]),
      message: z.string(),
      requestId: z.string(),
      issues: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    }),
  })
  .meta({ id: 'Error' })

/** A body that is not declared as JSON would be read as absent. */
const hasOtherBody = (headers: Headers) =>
  !/^application\/([\w.+-]+\+)?json\b/i.test(headers.get('content-type') ?? '') &&
  (headers.has('transfer-encoding') || Number(headers.get('content-length') ?? 0) > 0)

/** A part of a request that fails its schema answers 422 and names each field. */
const checked = <Target extends 'json' | 'query' | 'param', Schema extends z.ZodType>(target: Target, schema: Schema) =>
  validator(target, schema, (result, c) => {
    if (target === 'json' && hasOtherBody(c.req.raw.headers))
      throw new AppError('bad_request', 'Send the body with Content-Type: application/json.')
    const issues = result.success ? surrogateIssues(result.data) : describeIssues(result.error)
    if (result.success && issues.length === 0) return
    const first = issues[0]
    throw new AppError('invalid', first ? `${first.path || 'body'}: ${first.message}` : 'The input is not valid.', { issues })
  })

/** Validates the JSON body; `c.req.valid('json')` holds the parsed value. */
export const json = <Schema extends z.ZodType>(schema: Schema) => checked('json', schema)
/** Validates the query string; `c.req.valid('query')` holds the parsed value. */
export const query = <Schema extends z.ZodType>(schema: Schema) => checked('query', schema)

const errorsOf = (codes: readonly ErrorCode[]) =>
  Object.fromEntries(
    Map.groupBy(codes, (code) => statusOf[code])
      .entries()
      .map(([status, group]) => [
        status,
        { description: group.join(', '), content: { 'application/json': { schema: resolver(ErrorBody) } } },
      ]),
  )

const answerContent = (schema: z.ZodType | null, events: z.ZodType | undefined) => ({
  ...(schema && { 'application/json': { schema: resolver(schema) } }),
  ...(events && { 'text/event-stream': { schema: resolver(events) } }),
})

/**
 * Describes a route for the OpenAPI document: its summary, its answers by status (`null`: no body), the server-sent events that it answers
 * with (to a client that accepts them), and the errors that it may answer beside 401, 403, 413, 422 and 500. `open` marks a route that
 * needs no token.
 */
export const contract = (options: {
  summary: string
  tag: string
  answers: Readonly<Record<number, z.ZodType | null>>
  events?: z.ZodType
  errors?: readonly ErrorCode[]
  open?: boolean
}) =>
  describeRoute({
    summary: options.summary,
    tags: [options.tag],
    security: options.open ? [] : [{ bearer: [] }],
    responses: {
      ...Object.fromEntries(
        Object.entries(options.answers).map(([status, schema]) => [
          status,
          { description: 'Done', ...((schema || options.events) && { content: answerContent(schema, options.events) }) },
        ]),
      ),
      ...errorsOf([
        ...(options.open ? [] : (['unauthenticated', 'forbidden'] as const)),
        'payload_too_large',
        'invalid',
        'internal',
        ...(options.errors ?? []),
      ]),
    },
  })
