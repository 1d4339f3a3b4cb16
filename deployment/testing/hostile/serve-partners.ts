import { connect, createServer, type Socket } from 'node:net'
import { createLoopbackListener } from '../../demo/loopback-listener.ts'
import { createSeededRandom } from '../../demo/seeded-random.ts'
import { startSimulatedPartner } from '../../demo/simulated-partner.ts'
import { damageStream, randomMessage } from './damage.ts'
import { hostileMysql } from './hostile-mysql.ts'
import { hostileSsh, talksNonsense } from './hostile-ssh.ts'
import type { Partners, Served, ServedPartner } from './served-partners.ts'

/** A process with partners in it, so that what they do and hold themselves does not count for the one that reaches them. */
const { healthy, hostile, damageSeed } = JSON.parse(process.argv[2] ?? '{}') as Partners
process.on('disconnect', () => process.exit())

const startHealthy = async (index: number): Promise<ServedPartner> => {
  const { ssh, db } = await startSimulatedPartner({ name: `Healthy ${index}`, seed: index, profile: 'steady', now: Date.now })
  const { host, port, username, password, hostKeySha256 } = ssh
  return { ssh: { host, port, username, password, hostKeySha256 }, db: { ...db, tls: null } }
}

const listen = (serve: (socket: Socket) => void): Promise<number> =>
  createLoopbackListener(createServer((socket) => serve(socket.on('error', () => {})))).listen(0)

const startHostile = async ([name, serve]: [string, (socket: Socket) => void]): Promise<[string, number]> => [name, await listen(serve)]

/** Passes everything on to `port`, and back with damage that differs from one connection to the next. */
const damagedWayTo = (port: number, length: number) => {
  let seed = damageSeed ?? 0
  return listen((socket) => {
    const change = damageStream(++seed, length)
    const server = connect({ port, host: '127.0.0.1', noDelay: true }).on('error', () => {})
    server.on('data', (chunk: Buffer) => socket.write(change(chunk))).on('close', () => socket.destroy())
    socket.on('close', () => server.destroy()).pipe(server)
  })
}

/** The bytes that a server sends before an SSH connection is encrypted, and in a whole MySQL conversation; about. */
const lengths = { ssh: 1_600, mysql: 1_200 }

const startDamaged = async (partner: ServedPartner | undefined): Promise<Served['damaged']> => {
  if (damageSeed === undefined || !partner) return null
  const random = createSeededRandom(damageSeed)
  return {
    ssh: await damagedWayTo(partner.ssh.port, lengths.ssh),
    mysql: await damagedWayTo(partner.db.port, lengths.mysql),
    messages: await listen(talksNonsense(() => randomMessage(random))),
  }
}

const partners = await Promise.all(Array.from({ length: healthy }, (_, index) => startHealthy(index)))
const served: Served = {
  healthy: partners,
  hostile: Object.fromEntries(await Promise.all(hostile ? Object.entries({ ...hostileSsh, ...hostileMysql }).map(startHostile) : [])),
  damaged: await startDamaged(partners[0]),
}
process.send?.(served)
