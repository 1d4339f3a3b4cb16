import type { HostKey, Stage, StageResult } from './reach-error.ts'

/** All addresses, as networks in CIDR notation. */
export const everywhere: readonly string[] = ['0.0.0.0/0', '::/0']

type Address = { host: string; port: number }

/** How to treat the host key: it must have this fingerprint; take the first one seen; or `null`, refuse whatever comes and tell which it was. */
export type HostKeyPolicy = { pinned: string; type?: string | undefined } | { trustOnFirstUse: true } | null

export type SshLogin = {
  username: string
  password?: string | undefined
  privateKey?: string | undefined
  passphrase?: string | undefined
  hostKey: HostKeyPolicy
}

export type MysqlLogin = { name: string; username: string; password: string }

export type Row = Record<string, unknown>

/** Where a partner's database is and how to sign in. `ssh: null` connects to it directly. */
export type ReachTarget = {
  partnerId: string
  /** Changes with any host, port, credential, pinned key or allowed network. */
  revision: string
  /** The networks (CIDR) where the partner may be; absent: anywhere. */
  networks?: readonly string[]
  ssh: (Address & SshLogin) | null
  db: Address & MysqlLogin
}

/** The limit of each stage in milliseconds; that of `query` is how long the server may run a statement. */
export type StageTimeouts = Record<Stage, number>

export type ConnectOptions = {
  timeoutsMs: StageTimeouts
  signal: AbortSignal
  onStage?: ((result: StageResult) => void) | undefined
}

export type PartnerConnection = {
  /** The SSH server's key; null without SSH. */
  readonly hostKey: HostKey | null
  readonly stages: readonly StageResult[]
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
