import { localDay } from '../../functions/snapshots/local-day.ts'
import { snapshotStatement } from '../../functions/snapshots/snapshot-statement.ts'
import type { ReachTarget } from '../../shared/reach/reach-target.ts'
import { Settings, stageTimeouts } from '../../shared/settings.ts'
import { createCertificateAuthority } from '../testing/certificates.ts'
import { startMariadb } from '../testing/mariadb.ts'
import { startSshd } from '../testing/sshd.ts'
import { callingDatabase } from './calling-database.ts'

const name = 'acme'
const password = 'bench-only-1'
const host = '127.0.0.1'

export const timeoutsMs = stageTimeouts(Settings.parse({}))

/** OpenSSH that logs as little as in production. */
export const startQuietSshd = async (cleanup: AsyncDisposableStack) => {
  const sshd = await startSshd({ config: ['LogLevel ERROR'] })
  cleanup.defer(sshd.stop)
  return sshd
}

export const startDatabase = async (cleanup: AsyncDisposableStack, options: readonly string[] = []) => {
  const ca = createCertificateAuthority()
  cleanup.defer(ca.remove)
  const { certificateFile, keyFile } = ca.issue('db.example')
  const mariadb = await startMariadb([
    `--ssl-ca=${ca.certificateFile}`,
    `--ssl-cert=${certificateFile}`,
    `--ssl-key=${keyFile}`,
    ...options,
  ])
  cleanup.defer(mariadb.stop)
  return mariadb
}

/** A partner of usual size behind a real SSH server, and the statement that captures it. */
export const startPartner = async (cleanup: AsyncDisposableStack) => {
  const sshd = await startQuietSshd(cleanup)
  const mariadb = await startDatabase(cleanup)
  await mariadb.createSchema(name, password)
  await mariadb.run(callingDatabase({ campaigns: 200, calls: 20_000 }), name)
  const { username, privateKey } = sshd
  const target: ReachTarget = {
    partnerId: name,
    revision: '1',
    ssh: { host, port: sshd.port, username, privateKey, hostKey: { pinned: sshd.hostKeySha256(), type: 'ssh-ed25519' } },
    db: { host, port: mariadb.port, name, username: name, password, tls: null },
  }
  return { sshd, target, statement: snapshotStatement(localDay(new Date(), 'America/New_York')) }
}
