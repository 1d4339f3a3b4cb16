import { ReachError, type ReachErrorDetails, type StageResult } from '../../reach/reach-error.ts'
import type { PartnerConnection, ReachTarget, StageTimeouts } from '../../reach/reach-target.ts'
import type { OpenedKey } from '../ssh/open-private-key.ts'

/** What a thread is asked for. A connection is called by the id of the request that made it. */
export type Request =
  | { kind: 'connect'; target: ReachTarget; timeoutsMs: StageTimeouts }
  | { kind: 'query'; connection: number; sql: string; values: readonly unknown[]; timeoutMs: number }
  | { kind: 'close'; connection: number }

export type ToThread = ({ id: number } & Request) | { id: number; kind: 'abort' } | { id: number; kind: 'key'; opened: OpenedKey }

/** What a request to connect brings. */
export type Connected = Pick<PartnerConnection, 'hostKey' | 'jumpKeys' | 'stages' | 'tls' | 'notes'>

/** An error as data: a failure of the partner, or, without details, one of this service. */
export type ErrorData = { message: string; details: ReachErrorDetails | null }

export type FromThread =
  | { kind: 'ready' }
  | { kind: 'stage'; id: number; result: StageResult }
  | { kind: 'done'; id: number; value: unknown }
  | { kind: 'failed'; id: number; error: ErrorData }
  /** The connection had ended before the query came. */
  | { kind: 'ended'; id: number }
  | { kind: 'closed'; connection: number; overloads: boolean }
  | { kind: 'openKey'; id: number; text: string; passphrase: string | undefined }

/** What a thread and the main thread share: numbers that are read also while the thread is stuck. */
export type Marks = Int32Array<SharedArrayBuffer>
/** Where the thread counts its steps, of which it makes one at least every `beatMs`. */
export const stepsAt = 0
/** Where the thread notes the connection that it works for, before it does. */
export const connectionAt = 1
export const beatMs = 250

export const createMarks = (): Marks => new Int32Array(new SharedArrayBuffer(8))

export const toErrorData = (error: unknown): ErrorData => {
  if (!(error instanceof ReachError))
    return { message: error instanceof Error ? (error.stack ?? error.message) : String(error), details: null }
  const { message, stage, hop, reason, stages, hostKey, jumpKeys, expectedSha256, errno } = error
  const details = { stage, hop, reason, stages, hostKey, jumpKeys, expectedSha256: expectedSha256 ?? undefined, errno: errno ?? undefined }
  return { message, details }
}

export const fromErrorData = ({ message, details }: ErrorData): Error => (details ? new ReachError(message, details) : new Error(message))
