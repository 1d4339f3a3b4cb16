import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import { buildPartner } from '../../functions/partners/build-partner.ts'
import { NewPartner } from '../../functions/partners/schema.ts'
import { readConfig } from '../../shared/node/config.ts'
import { createLog } from '../../shared/node/log.ts'
import { createConnectionPool } from '../../shared/node/reach/connection-pool.ts'
import { createReachThreads } from '../../shared/node/reach/reach-threads.ts'
import { openPrivateKey } from '../../shared/node/ssh/open-private-key.ts'
import type { ReachTarget, SshServer } from '../../shared/reach/reach-target.ts'
import { wire } from '../node/wire.ts'
import { type Benchmark, type Figure, inMs } from './figure.ts'
import { medianTurns } from './median.ts'
import { startPartner, startQuietSshd, timeoutsMs } from './start-partner.ts'

const rounds = 200
const warmUpRounds = 50
const budget = 1.2
const maxHops = 3
const hopsBudget = 1.3
const tlsBudget = 1.1
const { signal } = new AbortController()

type Statement = { sql: string; values: string[] }

/** What the product does, but for storing. */
const pooled = (cleanup: AsyncDisposableStack, target: ReachTarget, { sql, values }: Statement) => {
  const threads = createReachThreads({ openKey: openPrivateKey })
  cleanup.defer(threads.close)
  const pool = createConnectionPool({
    connect: (to) => threads.connect(to, { timeoutsMs, signal }),
    idleMs: 600_000,
    retryDelayMs: { first: 1_000, max: 4_000 },
    monotonicMs: () => performance.now(),
  })
  cleanup.defer(pool.close)
  return () => pool.use(target, (connection) => connection.query(sql, values, { signal, timeoutMs: timeoutsMs.query }), signal)
}

const direct = async (cleanup: AsyncDisposableStack, { db }: ReachTarget, { sql, values }: Statement) => {
  const stream = connect({ host: db.host, port: db.port, noDelay: true })
  const connection = await createConnection({ stream, user: db.username, password: db.password, database: db.name })
  cleanup.defer(() => connection.end())
  return () => connection.query(sql, values)
}

/** The target reached through other SSH servers first. */
const throughHops = async (cleanup: AsyncDisposableStack, { ssh, ...target }: ReachTarget) => {
  const sshds = await Promise.all(Array.from({ length: maxHops }, () => startQuietSshd(cleanup)))
  const jumps = sshds.map((sshd): SshServer => {
    const { port, username, privateKey } = sshd
    return { host: '127.0.0.1', port, username, privateKey, hostKey: { pinned: sshd.hostKeySha256(), type: 'ssh-ed25519' } }
  })
  return (hops: number): ReachTarget => ({ ...target, ssh: ssh && { ...ssh, jumps: jumps.slice(0, hops) } })
}

/** A whole capture as the product wires it: lease, query, rules, and all that is stored. */
const wholeCapture = async (cleanup: AsyncDisposableStack, { ssh, db }: ReachTarget) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'bench-data-'))
  cleanup.defer(() => rmSync(dataDir, { recursive: true }))
  const { deps, close } = await wire(readConfig({ DATA_DIR: dataDir }), createLog({ level: 'silent' }), { runsSweep: false })
  cleanup.defer(close)
  const input = {
    partnerName: 'Acme',
    db: { host: db.host, port: db.port, name: db.name, username: db.username, password: db.password },
    ssh: ssh && { host: ssh.host, port: ssh.port, username: ssh.username, privateKey: ssh.privateKey, trustOnFirstUse: true },
  }
  const partner = buildPartner(deps, NewPartner.parse(input), 'bench')
  await deps.partners.insert(partner)
  return async () => {
    const [result] = await deps.sweeper.captureNow([partner._id], 'bench')
    if (!result?.ok) throw new Error(result?.message ?? 'there was no capture')
  }
}

export const warmCapture: Benchmark = {
  name: 'warm-capture',
  run: async (cleanup) => {
    const { target, statement } = await startPartner(cleanup)
    const encrypted: ReachTarget = { ...target, db: { ...target.db, tls: { mode: 'required' } } }
    const works = {
      tunnel: pooled(cleanup, target, statement),
      direct: await direct(cleanup, target, statement),
      tunnelTls: pooled(cleanup, encrypted, statement),
      own: pooled(cleanup, { ...target, ssh: null }, statement),
      ownTls: pooled(cleanup, { ...encrypted, ssh: null }, statement),
    }
    await medianTurns(warmUpRounds, works)
    const ms = await medianTurns(rounds, works)
    const ratio = ms.tunnel / ms.direct
    const hopsTarget = await throughHops(cleanup, target)
    const hops = {
      one: pooled(cleanup, hopsTarget(1), statement),
      three: pooled(cleanup, hopsTarget(maxHops), statement),
      none: pooled(cleanup, target, statement),
    }
    await medianTurns(warmUpRounds, hops)
    const hopsMs = await medianTurns(rounds, hops)
    const hopsRatio = hopsMs.three / hopsMs.one
    const tls = (what: string, plainMs: number, tlsMs: number): Figure => ({
      what: `${what}, with TLS to the database / without`,
      figure: `${inMs(tlsMs)} / ${inMs(plainMs)}`,
      budget: `≤ ${tlsBudget}`,
      ratio: tlsMs / plainMs,
      met: tlsMs <= plainMs * tlsBudget,
    })
    const whole = { capture: await wholeCapture(cleanup, target) }
    await medianTurns(warmUpRounds, whole)
    const { capture } = await medianTurns(rounds, whole)
    return [
      {
        what: 'warm capture through the tunnel / direct connection',
        figure: `${inMs(ms.tunnel)} / ${inMs(ms.direct)}`,
        budget: `≤ ${budget}`,
        ratio,
        met: ratio <= budget,
      },
      {
        what: 'warm capture through three hops / through one',
        figure: `${inMs(hopsMs.three)} / ${inMs(hopsMs.one)}, without ${inMs(hopsMs.none)}`,
        budget: `≤ ${hopsBudget}`,
        ratio: hopsRatio,
        met: hopsRatio <= hopsBudget,
      },
      tls('warm capture through the tunnel', ms.tunnel, ms.tunnelTls),
      tls('warm capture directly', ms.own, ms.ownTls),
      { what: 'warm capture with all that it stores', figure: inMs(capture) },
    ]
  },
}
