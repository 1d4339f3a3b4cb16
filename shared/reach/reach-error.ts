/** The steps to a partner's database, in order; `db-tls` only where that connection is encrypted. */
export const stages = ['ssh-connect', 'host-key', 'ssh-auth', 'tunnel', 'db-tls', 'db-connect', 'query'] as const
export type Stage = (typeof stages)[number]

/**
 * Why a stage failed. `address-forbidden`: the settings allow no partner there. `decrypt` is for callers whose stored credentials do not
 * open; `partner-overload`: what the partner sent took too much work, or broke the thread that served it.
 */
export const reasons = [
  'dns',
  'address-forbidden',
  'refused',
  'timeout',
  'host-key-unknown',
  'host-key-changed',
  'host-certificate',
  'ssh-auth',
  'tunnel-refused',
  'tls-required',
  'tls-failed',
  'certificate',
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

/** One of the SSH servers through which the partner's own is reached (`ssh.jumps`). `number` counts from 1. */
export type Hop = { number: number; of: number; host: string }

/** A stage, and the hop that it is about: none where it is the partner's own SSH server, or the database. */
export type Step = { stage: Stage; hop?: Hop | undefined }

/** Whether both are the same stage of the same hop. */
export const isSameStep = (one: AnyStep, other: AnyStep): boolean => one.stage === other.stage && one.hop?.number === other.hop?.number

type AnyStep = { stage: string; hop?: Hop | undefined }

/** How one stage went and how long it took, in milliseconds. */
export type StageResult = Step & { ok: boolean; ms: number }

export const hopsOf = (jumps: readonly { host: string }[] = []): Hop[] =>
  jumps.map(({ host }, index) => ({ number: index + 1, of: jumps.length, host }))

/** A hop as messages name it: `hop 1 of 2: bastion.example`. */
export const hopName = ({ number, of, host }: Hop): string => `hop ${number} of ${of}: ${host}`

const hopStages = ['ssh-connect', 'host-key', 'ssh-auth', 'tunnel'] as const

/** The steps to a database, in order, as if its connection were encrypted. `ssh: null`: directly. */
export const stepsTo = (ssh: { jumps?: readonly { host: string }[] | undefined } | null): Step[] =>
  ssh
    ? [...hopsOf(ssh.jumps).flatMap((hop) => hopStages.map((stage) => ({ stage, hop }))), ...stages.map((stage) => ({ stage }))]
    : stages.slice(stages.indexOf('db-tls')).map((stage) => ({ stage }))

export type ReachErrorDetails = {
  stage: Stage
  reason: Reason
  hop?: Hop | undefined
  stages?: readonly StageResult[]
  hostKey?: HostKey | null
  jumpKeys?: readonly HostKey[]
  expectedSha256?: string | undefined
  errno?: number | undefined
}

/** A partner that could not be reached or did not answer. `message` is safe to show: it never holds a credential. */
export class ReachError extends Error {
  override readonly name = 'ReachError'
  readonly stage: Stage
  readonly reason: Reason
  /** Where it failed; `undefined`: at the partner's own SSH server, or beyond. */
  readonly hop: Hop | undefined
  readonly stages: readonly StageResult[]
  /** The keys of the hops that were accepted, in order. */
  readonly jumpKeys: readonly HostKey[]
  /** The key that the server at which it failed presented, as far as the connection got. */
  readonly hostKey: HostKey | null
  /** The pinned fingerprint that the presented key did not match. */
  readonly expectedSha256: string | null
  /** The number of the database's error, where that is the cause. */
  readonly errno: number | null

  constructor(message: string, details: ReachErrorDetails, options?: ErrorOptions) {
    super(message, options)
    this.stage = details.stage
    this.reason = details.reason
    this.hop = details.hop
    this.jumpKeys = details.jumpKeys ?? []
    this.stages = details.stages ?? []
    this.hostKey = details.hostKey ?? null
    this.expectedSha256 = details.expectedSha256 ?? null
    this.errno = details.errno ?? null
  }
}
