import { afterAll, expect, onTestFinished, test } from 'vitest'
import { startMariadb } from '../../../deployment/testing/mariadb.ts'
import { requireParts } from '../../../deployment/testing/real-part.ts'
import { startSshd } from '../../../deployment/testing/sshd.ts'
import type { ReachTarget } from '../../reach/reach-target.ts'
import { Settings, stageTimeouts } from '../../settings.ts'
import { openPrivateKey } from '../ssh/open-private-key.ts'
import { createReachThreads } from './reach-threads.ts'

const host = '127.0.0.1'
const password = 'corvid-9-lamp'
const timeoutsMs = stageTimeouts(Settings.parse({}))
const { signal } = new AbortController()
const threads = createReachThreads({ openKey: openPrivateKey })
afterAll(threads.close)

test.runIf(requireParts('sshd', 'ssh-keygen', 'mariadbd'))(
  '30 partners on one sshd with the default MaxStartups, reached at once: all are',
  async () => {
    const [mariadb, sshd] = await Promise.all([startMariadb(), startSshd({ config: ['MaxStartups 10:30:100'] })])
    onTestFinished(async () => void (await Promise.all([mariadb.stop(), sshd.stop()])))
    await mariadb.createSchema('acme', password)
    const { port, username, privateKey } = sshd
    const target = (partnerId: string): ReachTarget => ({
      partnerId,
      revision: '1',
      ssh: { host, port, username, privateKey, hostKey: { pinned: sshd.hostKeySha256(), type: 'ssh-ed25519' } },
      db: { host, port: mariadb.port, name: 'acme', username: 'acme', password, tls: null },
    })
    const capture = async (partnerId: string) => {
      const connection = await threads.connect(target(partnerId), { timeoutsMs, signal })
      return connection.query('SELECT 1 AS one', [], { signal, timeoutMs: 5000 }).finally(connection.close)
    }
    const answers = await Promise.all([...Array(30).keys()].map((number) => capture(`partner ${number}`)))
    expect(answers).toEqual(Array(30).fill([{ one: 1 }]))
    expect(sshd.readLog(), 'the server did refuse some').toContain('past MaxStartups')
  },
)
