import type { HostKey, Stage, StageResult } from './reach-error.ts'

/** All addresses, as networks in CIDR notation. */
export const everywhere: readonly string[] = ['0.0.0.0/0', '::/0']

type Address = { host: string; port: number }

/** Whose certificates of hosts are good, as lines of public keys, and which keys are not trusted any more, by their fingerprints. */
export type HostAuthorities = { authorities: readonly string[]; revoked: readonly string[] }

/**
 * How to treat the host key: it must have this fingerprint; it must have a certificate of one of these authorities; take the first one seen;
 * or `null`, refuse whatever comes and tell which it was.
 */
export type HostKeyPolicy = { pinned: string; type?: string | undefined } | HostAuthorities | { trustOnFirstUse: true } | null

export type SshLogin = {
  username: string
  password?: string | undefined
  privateKey?: string | undefined
  passphrase?: string | undefined
  /** Of the private key, as `ssh-keygen -s` writes it. */
  certificate?: string | undefined
  hostKey: HostKeyPolicy
}

export type SshServer = Address & SshLogin

/** The partner's own SSH server, and up to three that lead there, each reached through the one before. */
export type SshRoute = SshServer & { jumps?: readonly SshServer[] | undefined }

/** How a connection to a database is encrypted: not at all, unchecked, by a CA that is trusted, or by that and the host's name. */
export const tlsModes = ['off', 'required', 'verify-ca', 'verify-full'] as const
export type TlsMode = (typeof tlsModes)[number]

/** The encryption of a connection. Without `ca`, that of the runtime is trusted; `certificate` and `key` are this side's. All are PEM. */
export type DatabaseTls = {
  mode: Exclude<TlsMode, 'off'>
  ca?: string | undefined
  certificate?: string | undefined
  key?: string | undefined
}

/** `name` may be empty: no database is chosen then. */
export type MysqlLogin = { name: string; username: string; password: string; tls: DatabaseTls | null }

/** What a server offered when its connection was encrypted. `notAfter`: when the certificate ends, ISO 8601. */
export type TlsSession = {
  protocol: string
  cipher: string
  certificate: { subject: string; issuer: string; notAfter: string } | null
}

export type Row = Record<string, unknown>

/** Where a partner's database is and how to sign in. `ssh: null` connects to it directly. */
export type ReachTarget = {
  partnerId: string
  /** Changes with any host, port, credential, pinned key or allowed network. */
  revision: string
  /** The networks (CIDR) where the partner may be; absent: anywhere. */
  networks?: readonly string[]
  ssh: SshRoute | null
  db: Address & MysqlLogin
}

/** The limit of each stage in milliseconds, of all hops and attempts together; that of `query` is how long the server may run a statement. */
export type StageTimeouts = Record<Stage, number>

export type ConnectOptions = {
  timeoutsMs: StageTimeouts
  signal: AbortSignal
  onStage?: ((result: StageResult) => void) | undefined
}

export type PartnerConnection = {
  /** The SSH server's key; null without SSH. */
  readonly hostKey: HostKey | null
  /** The keys of the hops before it, in order. */
  readonly jumpKeys: readonly HostKey[]
  readonly stages: readonly StageResult[]
  /** How the connection to the database is encrypted; null: it is not. */
  readonly tls: TlsSession | null
  /** What of the database an admin should know, a sentence each. */
  readonly notes: readonly string[]
  /** True as soon as either side ended the connection. */
  readonly closed: boolean
  /**
   * One round trip. The server ends a statement that runs over `timeoutMs`, and the connection stays usable; when not even that is answered,
   * or on abort, the connection is closed. Placeholders (`?`) are escaped here. @throws ReachError
   */
  query(sql: string, values: readonly unknown[], options: { signal: AbortSignal; timeoutMs: number }): Promise<Row[]>
  /** Ends the connection and resolves when nothing of it is left. */
  close(): Promise<void>
}
