/** The steps to a partner's database, in order. */
export const stages = ['ssh-connect', 'host-key', 'ssh-auth', 'tunnel', 'db-connect', 'query'] as const
export type Stage = (typeof stages)[number]

/**
 * Why a stage failed. `address-forbidden`: the settings allow no partner there. `decrypt` is for callers whose stored credentials do not open; `partner-overload`: what the partner sent took too
 * much work, or broke the thread that served it.
 */
export const reasons = [
  'dns',
  'address-forbidden',
  'refused',
  'timeout',
  'host-key-unknown',
  'host-key-changed',
  'ssh-auth',
  'tunnel-refused',
  'db-refused',
  'db-auth',
  'db-missing',
  'query',
  'decrypt',
  'aborted',
  'partner-overload',
] as const
export type Reason = (typeof reasons)[number]

/** An SSH server's key: its type (`ssh-ed25519`) and its fingerprint as OpenSSH prints it (`SHA256:` and base64 without padding). */
export type HostKey = { type: string; sha256: string }

/** How one stage went and how long it took, in milliseconds. */
export type StageResult = { stage: Stage; ok: boolean; ms: number }

export type ReachErrorDetails = {
  stage: Stage
  reason: Reason
  stages?: readonly StageResult[]
  hostKey?: HostKey | null
  expectedSha256?: string | undefined
}

/** A partner that could not be reached or did not answer. `message` is safe to show: it never holds a credential. */
export class ReachError extends Error {
  override readonly name = 'ReachError'
  readonly stage: Stage
  readonly reason: Reason
  readonly stages: readonly StageResult[]
  /** The key that the server presented, as far as the connection got. */
  readonly hostKey: HostKey | null
  /** The pinned fingerprint that the presented key did not match. */
  readonly expectedSha256: string | null

  constructor(message: string, details: ReachErrorDetails, options?: ErrorOptions) {
    super(message, options)
    this.stage = details.stage
    this.reason = details.reason
    this.stages = details.stages ?? []
    this.hostKey = details.hostKey ?? null
    this.expectedSha256 = details.expectedSha256 ?? null
  }
}
