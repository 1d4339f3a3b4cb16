import { createServer, type Socket } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'
import { createLoopbackListener } from '../../demo/loopback-listener.ts'
import { startSimulatedPartner } from '../../demo/simulated-partner.ts'
import { hostileMysql } from './hostile-mysql.ts'
import { hostileSsh } from './hostile-ssh.ts'
import type { Served, ServedPartner } from './served-partners.ts'

/** A thread with partners in it, so that what they do themselves does not count as work of the one that reaches them. */
const { healthy, hostile } = workerData as { healthy: number; hostile: boolean }

const startHealthy = async (index: number): Promise<ServedPartner> => {
  const { ssh, db } = await startSimulatedPartner({ name: `Healthy ${index}`, seed: index, profile: 'steady', now: Date.now })
  const { host, port, username, password, hostKeySha256 } = ssh
  return { ssh: { host, port, username, password, hostKeySha256 }, db }
}

const startHostile = async ([name, serve]: [string, (socket: Socket) => void]): Promise<[string, number]> => {
  const listener = createLoopbackListener(createServer((socket) => serve(socket.on('error', () => {}))))
  return [name, await listener.listen(0)]
}

const served: Served = {
  healthy: await Promise.all(Array.from({ length: healthy }, (_, index) => startHealthy(index))),
  hostile: Object.fromEntries(await Promise.all(hostile ? Object.entries({ ...hostileSsh, ...hostileMysql }).map(startHostile) : [])),
}
parentPort?.postMessage(served)
