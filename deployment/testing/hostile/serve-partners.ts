import { connect, createServer, type Socket } from 'node:net'
import { createLoopbackListener } from '../../demo/loopback-listener.ts'
import { createSeededRandom } from '../../demo/seeded-random.ts'
import { startSimulatedPartner } from '../../demo/simulated-partner.ts'
import { damageStream, randomMessage } from './damage.ts'
import { hostileMysql } from './hostile-mysql.ts'
import { hostileKey, hostileSsh, talksNonsense } from './hostile-ssh.ts'
import type { Partners, Served, ServedPartner, Turns } from './served-partners.ts'

/** A process with partners in it, so that what they do and hold themselves does not count for the one that reaches them. */
const { healthy, hostile, turning, damageSeed } = JSON.parse(process.argv[2] ?? '{}') as Partners
process.on('disconnect', () => process.exit())

type Serve = (socket: Socket) => void

const listenerOf = (serve: Serve) => createLoopbackListener(createServer((socket) => serve(socket.on('error', () => {}))))

const listen = (serve: Serve): Promise<number> => listenerOf(serve).listen(0)

const hostileServers: Readonly<Record<string, Serve>> = { ...hostileSsh, ...hostileMysql }

const leadTo =
  (port: number): Serve =>
  (socket) => {
    const server = connect({ port, host: '127.0.0.1', noDelay: true }).on('error', () => socket.destroy())
    socket.on('close', () => server.destroy())
    socket.pipe(server).pipe(socket)
  }

const gates: ((hostile: string | null) => void)[] = []

/** A door to a healthy server, behind which a hostile one is for as long as it is told so. */
const startGate = async (port: number): Promise<number> => {
  const lead = leadTo(port)
  let serve = lead
  const listener = listenerOf((socket) => serve(socket))
  gates.push((name) => {
    serve = (name !== null && hostileServers[name]) || lead
    listener.cut()
  })
  return listener.listen(0)
}

/** Those that turn do so by SSH and by their database in turns, the first by SSH. */
const startHealthy = async (index: number): Promise<ServedPartner> => {
  const options = { name: `Healthy ${index}`, seed: index, profile: 'steady', now: Date.now, hostKey: hostileKey } as const
  const { ssh, db } = await startSimulatedPartner(options)
  const { host, username, password, hostKeySha256 } = ssh
  const isBySsh = index % 2 === 0
  return {
    ssh: { host, port: turning && isBySsh ? await startGate(ssh.port) : ssh.port, username, password, hostKeySha256 },
    db: { ...db, port: turning && !isBySsh ? await startGate(db.port) : db.port, tls: null },
  }
}

const startHostile = async ([name, serve]: [string, Serve]): Promise<[string, number]> => [name, await listen(serve)]

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

const partners: ServedPartner[] = []
for (let index = 0; index < healthy; index++) partners.push(await startHealthy(index))
const served: Served = {
  healthy: partners,
  hostile: Object.fromEntries(await Promise.all(hostile ? Object.entries(hostileServers).map(startHostile) : [])),
  damaged: await startDamaged(partners[0]),
}
process.on('message', (turns: Turns) => {
  for (const [index, name] of Object.entries(turns)) gates[Number(index)]?.(name)
})
process.send?.(served)
