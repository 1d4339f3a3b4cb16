import { randomBytes } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { createSshKey, type SshKey } from './create-ssh-key.ts'
import { startSimulatedMysqlServer } from './simulated-mysql-server.ts'
import { startSimulatedSshServer } from './simulated-ssh-server.ts'
import { createWorkload } from './workload.ts'
import type { WorkloadProfileName } from './workload-profiles.ts'

type SimulatedPartnerOptions = { name: string; seed: number; profile: WorkloadProfileName; now: () => number; hostKey?: SshKey }

export type SimulatedPartner = {
  name: string
  ssh: { host: string; port: number; username: string; password: string; privateKey: string; readonly hostKeySha256: string }
  db: { host: string; port: number; name: string; username: string; password: string }
  /** The partner's tables, for reading beside the protocol and for planting rows. */
  database: DatabaseSync
  /** Lives the campaigns and calls up to this instant. */
  advance(nowMs: number): void
  /** Refuses SSH connections and cuts the existing ones. */
  goDown(): Promise<void>
  /** Listens again on the same port with the same host key. Throws when the port was taken meanwhile. */
  comeBack(): Promise<void>
  /** Takes a new host key and cuts the connections made under the old one. */
  changeHostKey(): void
  /** Makes each statement take this long from now on. */
  slow(ms: number): void
  stop(): Promise<void>
}

const livedBeforeMs = 600_000

/** Starts one partner on loopback, ten simulated minutes old. It holds two ports and no timer. */
export const startSimulatedPartner = async ({ name, seed, profile, now, hostKey }: SimulatedPartnerOptions): Promise<SimulatedPartner> => {
  const database = new DatabaseSync(':memory:')
  const startMs = now()
  const workload = createWorkload(database, { seed, profile, startMs: startMs - livedBeforeMs })
  workload.advance(startMs)

  let delayMs = 0
  const secret = () => randomBytes(12).toString('base64url')
  const login = { name: name.toLowerCase().replace(/\W+/g, '_'), username: 'reader', password: secret() }
  const mysql = await startSimulatedMysqlServer({ database, ...login, delayMs: () => delayMs })
  const { privateKey, parsed: userKey } = createSshKey()
  const user = { username: 'ops', password: secret() }
  const server = await startSimulatedSshServer({ ...user, userKey, targetPort: mysql.port, hostKey })

  return {
    name,
    ssh: {
      host: '127.0.0.1',
      port: server.port,
      ...user,
      privateKey,
      get hostKeySha256() {
        return server.hostKeySha256()
      },
    },
    db: { host: '127.0.0.1', port: mysql.port, ...login },
    database,
    advance: workload.advance,
    goDown: server.goDown,
    comeBack: server.comeBack,
    changeHostKey: server.changeHostKey,
    slow: (ms) => {
      delayMs = ms
    },
    stop: async () => {
      await Promise.all([server.goDown(), mysql.stop()])
      database.close()
    },
  }
}
