import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import getAbsoluteFSPath from 'swagger-ui-dist/absolute-path.js'
import { dispatch } from '../../functions/alerts/delivery/dispatch.ts'
import { fillOutbox } from '../../functions/alerts/delivery/fill-outbox.ts'
import { observePartner } from '../../functions/alerts/lifecycle/observe-partner.ts'
import { tickAlerts } from '../../functions/alerts/lifecycle/tick-alerts.ts'
import { readFiring } from '../../functions/alerts/read-firing.ts'
import { createDashboardFeed } from '../../functions/dashboard/create-dashboard-feed.ts'
import { createDashboardSource } from '../../functions/dashboard/create-dashboard-source.ts'
import { checkHealth } from '../../functions/health/check-health.ts'
import { createHeartbeat } from '../../functions/health/create-heartbeat.ts'
import { createSelfCheck } from '../../functions/health/create-self-check.ts'
import { createAuthenticate } from '../../functions/login/authenticate.ts'
import { createFirstAdmin } from '../../functions/login/create-first-admin.ts'
import type { RouterDeps } from '../../functions/router.ts'
import { createSweeper } from '../../functions/snapshots/create-sweeper.ts'
import { localDay } from '../../functions/snapshots/local-day.ts'
import { repairSchedule } from '../../functions/snapshots/repair-schedule.ts'
import { snapshotStatement } from '../../functions/snapshots/snapshot-statement.ts'
import { authenticateServiceToken, serviceTokenPrefix } from '../../functions/tokens/authenticate-service-token.ts'
import { idleRule, levelOf } from '../../shared/alert/alert-rules.ts'
import type { Channel } from '../../shared/alert/channel.ts'
import { createOpenStreams } from '../../shared/http/create-open-streams.ts'
import type { Log } from '../../shared/log.ts'
import { createGuardedPost } from '../../shared/node/channels/create-guarded-post.ts'
import { channelOpener } from '../../shared/node/channels/open-channel.ts'
import type { Config } from '../../shared/node/config.ts'
import { createSealer } from '../../shared/node/crypto/create-sealer.ts'
import { createPasswordHasher } from '../../shared/node/crypto/password.ts'
import { newId } from '../../shared/node/ids.ts'
import { createMetrics } from '../../shared/node/metrics.ts'
import type { AlertChannelDoc } from '../../shared/node/mongo/alerts/alert-channels.ts'
import { createStores, ensureAllIndexes } from '../../shared/node/mongo/create-stores.ts'
import { createConnectionPool } from '../../shared/node/reach/connection-pool.ts'
import { createReachThreads } from '../../shared/node/reach/reach-threads.ts'
import { openPrivateKey } from '../../shared/node/ssh/open-private-key.ts'
import { watchEventLoop } from '../../shared/node/watch-event-loop.ts'
import { stageTimeouts } from '../../shared/settings.ts'
import { build } from './build.ts'
import { hangUp } from './hang-up.ts'
import { openDatabase } from './open-database.ts'
import { peerOf } from './peer.ts'
import { trackWork } from './track-work.ts'

const idleConnectionMs = 10 * 60_000
/** How often the process looks at itself. */
export const selfCheckMs = 15_000
const retryDelayMs = { first: 1_000, max: 4_000 }

const now = () => new Date()
const monotonicMs = () => performance.now()

const wait = (ms: number, signal: AbortSignal) => delay(ms, undefined, { signal }).catch(() => undefined)

const docsAsset = (name: string) => readFile(join(getAbsoluteFSPath(), name))

const checkPrivateKey = async (privateKey: string, passphrase: string | undefined) => {
  const opened = await openPrivateKey(privateKey, passphrase)
  return opened.ok ? null : { path: opened.field, message: opened.message }
}

/** Makes a part when it is first asked for. `made`: the part, if it was. */
const lazily = <Part>(name: string, log: Log, make: () => Part) => {
  let part: Part | undefined
  return {
    get: (): Part => {
      if (part === undefined) {
        log.debug({ part: name }, 'part opened')
        part = make()
      }
      return part
    },
    get made() {
      return part
    },
  }
}

/** Builds every client and dependency of this process, each when it is first needed. The only place that does. */
export const wire = async (config: Config, log: Log, options: { runsSweep: boolean }) => {
  const database = await openDatabase(config, log)
  const { db } = database
  await ensureAllIndexes(db)

  const base = { log, now, newId, monotonicMs }
  const made = createStores(db, base)
  const stores = {
    ...made,
    alertLogs: {
      ...made.alertLogs,
      record: async (...event: Parameters<typeof made.alertLogs.record>) => {
        await made.alertLogs.record(...event)
        dashboard.invalidate()
      },
    },
  }
  const sealer = createSealer(config.ENCRYPTION_KEY, config.ENCRYPTION_KEY_PREVIOUS ? [config.ENCRYPTION_KEY_PREVIOUS] : [])
  const threads = lazily('threads', log, () =>
    createReachThreads({
      openKey: openPrivateKey,
      onOverload: (partnerId, err) => log.error({ run: 'reach', partnerId, err }, 'a partner takes too much work'),
    }),
  )
  const pool = lazily('pool', log, () =>
    createConnectionPool({
      connect: async (target, signal) => threads.get().connect(target, { signal, timeoutsMs: stageTimeouts(await stores.settings.read()) }),
      idleMs: idleConnectionMs,
      retryDelayMs,
      // Waits do not follow a clock that is set.
      now: () => new Date(monotonicMs()),
    }),
  )
  const outboxState = async (signal?: AbortSignal) => {
    const [depth, oldest] = await Promise.all([stores.outbox.depth(signal), stores.outbox.oldest(signal)])
    return { depth, oldestAgeSeconds: oldest ? Math.max(0, now().getTime() - oldest.createdAt.getTime()) / 1000 : 0 }
  }
  const dashboard = createDashboardSource({ ...base, ...stores, readFiring: (limit) => readFiring({ ...base, ...stores }, limit) })
  const eventLoop = watchEventLoop()
  const selfCheck = createSelfCheck({
    ...base,
    ...stores,
    partners: options.runsSweep ? stores.partners : null,
    probeWrite: database.probeWrite,
    everyMs: selfCheckMs,
  })
  const stopping = new AbortController()
  const work = trackWork()
  const metrics = lazily('metrics', log, () =>
    createMetrics({ inFlight: () => sweeper.made?.state().inFlight ?? 0, outbox: outboxState, eventLoop: eventLoop.read }),
  )
  const post = createGuardedPost({ allowPrivate: config.ALLOW_PRIVATE_WEBHOOKS, now })
  const openChannel = channelOpener(config, { sealer, now, post })
  const deliveries = new AbortController()
  const alerting = {
    ...base,
    ...stores,
    openChannel: (doc: AlertChannelDoc): Channel => {
      const channel = openChannel(doc)
      return { ...channel, send: (message, signal) => channel.send(message, AbortSignal.any([signal, deliveries.signal])) }
    },
    hasMail: config.SMTP_HOST !== undefined && config.SMTP_FROM_EMAIL !== undefined,
    delivered: (channel: string, outcome: string) => metrics.get().delivered(channel, outcome),
    random: Math.random,
  }
  const observeCapture = async (partnerId: string) => {
    const startedAt = monotonicMs()
    try {
      const events = await observePartner(alerting, partnerId)
      if (events.length > 0) await fillOutbox(alerting)
    } catch (err) {
      // The next tick evaluates what could not be evaluated now.
      log.error({ run: 'alerts', partnerId, err }, 'evaluation failed')
    }
    metrics.get().evaluated(monotonicMs() - startedAt)
  }

  const sweeper = lazily('sweeper', log, () =>
    createSweeper({
      ...base,
      ...stores,
      sealer,
      pool: pool.get(),
      levelOf: async (numbers) => levelOf(numbers, [...(await stores.rules.read()).filter((rule) => rule.isOn), idleRule]),
      wait,
      captured: async (result, ms) => {
        metrics.get().captured(result.ok ? 'ok' : result.reason, ms)
        await observeCapture(result.partnerId)
        dashboard.invalidate()
      },
    }),
  )
  const feed = lazily('dashboard feed', log, () => createDashboardFeed({ ...base, source: dashboard, wait, stopping: stopping.signal }))

  const login = {
    passwords: createPasswordHasher(),
    jwtSecret: config.JWT_SECRET,
    jwtExpiryMinutes: config.JWT_EXPIRY_MINUTES,
    sessionDays: config.SESSION_DAYS,
  }
  const byToken = authenticateServiceToken({ ...base, ...stores })
  const byUser = createAuthenticate({ ...base, ...stores, ...login })

  const deps = {
    ...alerting,
    ...base,
    ...stores,
    ...login,
    sealer,
    get sweeper() {
      return sweeper.get()
    },
    dashboard,
    get dashboardFeed() {
      return feed.get()
    },
    stopping: stopping.signal,
    streams: createOpenStreams({ ...base, wait, stopping: stopping.signal, hangUp }),
    track: work.track,
    authenticate: (bearer) => (bearer.startsWith(serviceTokenPrefix) ? byToken : byUser)(bearer),
    corsOrigins: config.CORS_ORIGINS,
    peer: peerOf(config.TRUST_PROXY),
    checkPrivateKey,
    connect: (target, options) => threads.get().connect(target, options),
    probeStatement: () => snapshotStatement(localDay(now(), 'UTC')),
    dropConnection: (partnerId) => pool.made?.evict(partnerId),
    changed: dashboard.invalidate,
    build,
    database,
    sweep: options.runsSweep ? () => sweeper.get().state() : null,
    outboxState,
    selfCheck: selfCheck.state,
    heartbeat: () => heartbeat.state(),
    eventLoop: eventLoop.read,
    get metrics() {
      return metrics.get()
    },
    docsAsset,
  } satisfies RouterDeps
  const started = { at: now(), ms: monotonicMs() }
  const heartbeat = createHeartbeat({ ...base, ...stores, post, checkHealth: () => checkHealth(deps, started) })
  return {
    deps,
    sweep: () => sweeper.get().sweep(),
    repairSchedule: () => repairSchedule({ ...base, ...stores }),
    tickAlerts: () => tickAlerts(alerting),
    dispatch: () => dispatch(alerting),
    sendHeartbeat: heartbeat.send,
    checkSelf: () => {
      eventLoop.turn()
      return selfCheck.run()
    },
    createFirstAdmin: () => createFirstAdmin({ ...base, ...stores, ...login }, config.ADMIN_PASSWORD),
    /** Resolves when the requests, and what they began, are over. */
    settled: work.settled,
    /** Ends the streams that clients follow. */
    endStreams: () => stopping.abort(),
    /** Takes no new captures and aborts those in flight; requests are still served. */
    stopCaptures: async () => sweeper.made?.stop(),
    /** Ends the deliveries in flight; another process sends them again. */
    abortDeliveries: () => deliveries.abort(),
    close: async () => {
      eventLoop.stop()
      await sweeper.made?.stop()
      await pool.made?.close()
      await threads.made?.close()
      await database.close()
    },
  }
}
