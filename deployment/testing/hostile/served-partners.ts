import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { ReachTarget } from '../../../shared/reach/reach-target.ts'
import { stopDaemon } from '../daemon.ts'

export type ServedPartner = {
  ssh: { host: string; port: number; username: string; password: string; hostKeySha256: string }
  db: ReachTarget['db']
}

/** What to start; `turning`: the healthy ones turn hostile when they are told; `damageSeed`: also ways to the first that damage what passes. */
export type Partners = { healthy: number; hostile: boolean; turning?: boolean; damageSeed?: number }

/** By the index of a partner that turns: the hostile server that it is from now on, or `null` when it is healthy again. */
export type Turns = Record<number, string | null>

/** Healthy partners, the port of each hostile one by its name, and the ports of the damaged ways. */
export type Served = {
  healthy: ServedPartner[]
  hostile: Record<string, number>
  damaged: { ssh: number; mysql: number; messages: number } | null
}

/** Starts partners in a process of their own. */
export const servePartners = async (what: Partners): Promise<Served & { turn(turns: Turns): void; stop(): Promise<void> }> => {
  const child = fork(new URL('./serve-partners.ts', import.meta.url), [JSON.stringify(what)], { execArgv: [] })
  const [served] = (await once(child, 'message')) as [Served]
  return { ...served, turn: (turns) => void child.send(turns), stop: () => stopDaemon(child) }
}

/** How to reach a healthy partner. */
export const targetOf = (partnerId: string, { ssh, db }: ServedPartner): ReachTarget => {
  const { hostKeySha256, ...login } = ssh
  return { partnerId, revision: '1', ssh: { ...login, hostKey: { pinned: hostKeySha256, type: 'ssh-ed25519' } }, db }
}

/** How to reach a hostile partner, by SSH or directly, as its name begins. */
export const hostileTarget = (name: string, port: number): ReachTarget => {
  const address = { host: '127.0.0.1', port }
  const db = { ...address, name: 'acme', username: 'reader', password: 'corvid-9-lamp', tls: null }
  const ssh = name.startsWith('SSH')
    ? { ...address, username: 'ops', password: 'corvid-9-lamp', hostKey: { trustOnFirstUse: true as const } }
    : null
  return { partnerId: name, revision: '1', ssh, db }
}
