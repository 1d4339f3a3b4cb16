import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { ReachTarget } from '../../../shared/reach/reach-target.ts'

export type ServedPartner = {
  ssh: { host: string; port: number; username: string; password: string; hostKeySha256: string }
  db: ReachTarget['db']
}

/** Healthy partners, and the port of each hostile one by its name. */
export type Served = { healthy: ServedPartner[]; hostile: Record<string, number> }

/** Starts partners in a thread of their own. */
export const servePartners = async (what: { healthy: number; hostile: boolean }): Promise<Served & { stop(): Promise<unknown> }> => {
  const worker = new Worker(new URL('./serve-partners.ts', import.meta.url), { workerData: what, execArgv: [] })
  const [served] = (await once(worker, 'message')) as [Served]
  return { ...served, stop: () => worker.terminate() }
}

/** How to reach a healthy partner. */
export const targetOf = (partnerId: string, { ssh, db }: ServedPartner): ReachTarget => {
  const { hostKeySha256, ...login } = ssh
  return { partnerId, revision: '1', ssh: { ...login, hostKey: { pinned: hostKeySha256, type: 'ssh-ed25519' } }, db }
}

/** How to reach a hostile partner, by SSH or directly, as its name begins. */
export const hostileTarget = (name: string, port: number): ReachTarget => {
  const address = { host: '127.0.0.1', port }
  const db = { ...address, name: 'acme', username: 'reader', password: 'corvid-9-lamp' }
  const ssh = name.startsWith('SSH')
    ? { ...address, username: 'ops', password: 'corvid-9-lamp', hostKey: { trustOnFirstUse: true as const } }
    : null
  return { partnerId: name, revision: '1', ssh, db }
}
