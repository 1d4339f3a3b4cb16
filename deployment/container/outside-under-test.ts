import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedMongo } from '../../shared/embedded-mongo/start-embedded-mongo.ts'
import { callingDatabase } from '../bench/calling-database.ts'
import { startMariadb } from '../testing/mariadb.ts'
import { startSshd } from '../testing/sshd.ts'
import { bridgeAddress } from './container-under-test.ts'

const password = 'plover-5-window'

/** A partner outside of any container: OpenSSH where containers reach it, and a MariaDB server on loopback behind it. */
export const startPartnerOutside = async () => {
  const host = await bridgeAddress()
  const [sshd, mariadb] = await Promise.all([startSshd({ config: [`ListenAddress ${host}`] }), startMariadb()])
  await mariadb.createSchema('acme', password)
  await mariadb.run(callingDatabase({ campaigns: 10, calls: 500 }), 'acme')
  const { username, privateKey } = sshd
  return {
    mariadb,
    /** The body that creates it. */
    as: (partnerName: string) => ({
      partnerName,
      ssh: { host, port: sshd.port, username, privateKey, hostKeySha256: sshd.hostKeySha256() },
      db: { host: '127.0.0.1', port: mariadb.port, name: 'acme', username: 'acme', password },
    }),
    stop: async () => {
      await Promise.all([sshd.stop(), mariadb.stop()])
    },
  }
}

/** A MongoDB server outside of any container, where containers reach it: the embedded engine's socket, passed on. */
export const startMongoOutside = async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'mongo-outside-'))
  const engine = await startEmbeddedMongo({ dataDir })
  const path = decodeURIComponent(new URL(engine.url).hostname)
  const relay = createServer((client) => {
    const server = connect(path)
    for (const socket of [client, server]) socket.on('error', () => {})
    client.pipe(server).pipe(client)
  })
  relay.listen(0, await bridgeAddress())
  await once(relay, 'listening')
  const { address, port } = relay.address() as AddressInfo
  return {
    url: `mongodb://${address}:${port}/?directConnection=true`,
    stop: async () => {
      relay.close()
      await engine.close()
      rmSync(dataDir, { recursive: true })
    },
  }
}
