import type { Issue } from '../../../shared/errors.ts'

type ErrorBody = { error?: { code?: string; message?: string; requestId?: string; issues?: Issue[] } }

/** An answer that is not a success, or none at all (`status` 0). `issues` name the fields that were refused. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly requestId: string | null
  readonly issues: readonly Issue[]
  readonly retryAfterSeconds: number | null

  constructor(
    message: string,
    options: { status: number; code: string; requestId?: string | null; issues?: readonly Issue[]; retryAfterSeconds?: number | null },
    cause?: unknown,
  ) {
    super(message, { cause })
    this.name = 'ApiError'
    this.status = options.status
    this.code = options.code
    this.requestId = options.requestId ?? null
    this.issues = options.issues ?? []
    this.retryAfterSeconds = options.retryAfterSeconds ?? null
  }
}

/** What an answer says of its failure, whoever sent it: the API, or a proxy that speaks no JSON. */
export const readApiError = async (response: Response): Promise<ApiError> => {
  const body = (await response.json().catch(() => ({}))) as ErrorBody
  const { code, message, requestId, issues } = body.error ?? {}
  const retryAfter = Number(response.headers.get('retry-after'))
  return new ApiError(message ?? `The server answered ${response.status}.`, {
    status: response.status,
    code: code ?? 'unknown',
    requestId: requestId ?? response.headers.get('x-request-id'),
    ...(issues && { issues }),
    retryAfterSeconds: retryAfter > 0 ? retryAfter : null,
  })
}
