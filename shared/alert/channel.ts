import type { FiringLevel } from '../snapshot/snapshot.ts'
import type { NoticeKind } from './alert-state.ts'

/** What a notice tells. `fired-and-resolved`: both, before anything was sent. */
export type SentKind = NoticeKind | 'fired-and-resolved'

/** One thing that happened to one alert. `partnerId` and `partnerName` are `null` for an alert about the whole fleet. */
export type Notice = {
  alertId: string
  kind: SentKind
  level: FiringLevel
  ruleId: string
  partnerId: string | null
  partnerName: string | null
  message: string
  firedAt: Date
  resolvedAt: Date | null
  note: string | null
}

/** One message: one notice, or several of different alerts that are sent together. `id` is stable over retries: the idempotency key. */
export type Message = { id: string; at: Date; notices: readonly [Notice, ...Notice[]] }

/**
 * What became of a message. `code`: the provider's answer (HTTP status, SMTP reply code) or the network error's code. `message` is safe to
 * show: never a secret, never what the provider wrote. `retryAfterMs`: how long the provider asked to wait.
 */
export type SendResult =
  | { ok: true; code: string }
  | { ok: false; permanent: boolean; code: string; message: string; retryAfterMs: number | null }

/** Sends messages to one receiver. `send` does not throw: whatever goes wrong is a result. `close` frees what is kept between messages. */
export type Channel = { send(message: Message, signal: AbortSignal): Promise<SendResult>; close(): void }
