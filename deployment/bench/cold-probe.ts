import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createReachThreads } from '../../shared/node/reach/reach-threads.ts'
import { openPrivateKey } from '../../shared/node/ssh/open-private-key.ts'
import { programPath } from '../testing/real-part.ts'
import type { Sshd } from '../testing/sshd.ts'
import { type Benchmark, inMs } from './figure.ts'
import { medianTurns } from './median.ts'
import { startPartner, timeoutsMs } from './start-partner.ts'

const rounds = 15
const budget = 0.35
const run = promisify(execFile)

/** Runs `true` over OpenSSH's own client, signed in with the same key. */
const openSshClient = (cleanup: AsyncDisposableStack, { port, username, privateKey }: Sshd) => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-ssh-'))
  cleanup.defer(() => rmSync(folder, { recursive: true }))
  const key = join(folder, 'key')
  writeFileSync(key, privateKey, { mode: 0o600 })
  const settings = ['BatchMode=yes', 'IdentitiesOnly=yes', 'LogLevel=ERROR', 'StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null']
  const options = settings.flatMap((setting) => ['-o', setting])
  const args = ['-F', 'none', '-i', key, '-p', String(port), ...options, `${username}@127.0.0.1`, 'true']
  return () => run(programPath('ssh'), args)
}

export const coldProbe: Benchmark = {
  name: 'cold-probe',
  run: async (cleanup) => {
    const { sshd, target, statement } = await startPartner(cleanup)
    const { signal } = new AbortController()
    const threads = createReachThreads({ openKey: openPrivateKey })
    cleanup.defer(threads.close)
    const ssh = openSshClient(cleanup, sshd)
    const probe = async () => {
      const connection = await threads.connect(target, { timeoutsMs, signal })
      await connection.query(statement.sql, statement.values, { signal, timeoutMs: timeoutsMs.query })
      await connection.close()
    }
    const works = { probe, ssh }
    await medianTurns(3, works)
    const ms = await medianTurns(rounds, works)
    const ratio = ms.probe / ms.ssh
    const figure = `${inMs(ms.probe)} / ${inMs(ms.ssh)}`
    return [{ what: 'cold probe / ssh host true', figure, budget: `≤ ${budget}`, ratio, met: ratio <= budget }]
  },
}
