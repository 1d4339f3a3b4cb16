import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { MongoClient } from 'mongodb'
import { findFreePort, startDaemon, stopDaemon } from './daemon.ts'
import { programPath } from './real-part.ts'

/** A MongoDB server on loopback, with its data in a temporary folder. */
type Mongod = {
  port: number
  /** Its answer to an administrator's command. */
  admin(command: Record<string, unknown>): Promise<Record<string, unknown>>
  /** Holds the process, as a machine that is gone would, until it is resumed. */
  pause(): void
  resume(): void
  stop(): Promise<void>
}

const pollMs = 100

/** Starts one member of a replica set that is yet to be initiated. */
const startMember = async (replicaSet: string): Promise<Mongod> => {
  const folder = mkdtempSync(join(tmpdir(), 'mongod-'))
  const port = await findFreePort()
  const settings = ['--bind_ip', '127.0.0.1', '--port', `${port}`, '--dbpath', folder, '--nounixsocket', '--wiredTigerCacheSizeGB', '0.25']
  const daemon = await startDaemon(programPath('mongod'), [...settings, '--replSet', replicaSet], port)
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`)
  return {
    port,
    admin: (command) => client.db('admin').command(command),
    pause: () => daemon.kill('SIGSTOP'),
    resume: () => daemon.kill('SIGCONT'),
    stop: async () => {
      await client.close()
      await stopDaemon(daemon, 'SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Starts a replica set of two, of which only the first can be the primary, and only as long as the second is there. */
export const startReplicaSet = async (): Promise<{ primary: Mongod; secondary: Mongod; stop(): Promise<void> }> => {
  const name = 'rs'
  const [primary, secondary] = await Promise.all([startMember(name), startMember(name)])
  const members = [primary, secondary].map(({ port }, _id) => ({ _id, host: `127.0.0.1:${port}`, priority: _id === 0 ? 1 : 0 }))
  await primary.admin({ replSetInitiate: { _id: name, members } })
  while (!(await primary.admin({ hello: 1 }))['isWritablePrimary']) await delay(pollMs)
  const stop = async () => {
    await Promise.all([primary.stop(), secondary.stop()])
  }
  return { primary, secondary, stop }
}
