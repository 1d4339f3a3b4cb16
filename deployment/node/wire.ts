import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import getAbsoluteFSPath from 'swagger-ui-dist/absolute-path.js'
import { dispatch } from '../../functions/alerts/delivery/dispatch.ts'
import { handOn } from '../../functions/alerts/delivery/fill-outbox.ts'
import { observePartner } from '../../functions/alerts/lifecycle/observe-partner.ts'
import { tickAlerts } from '../../functions/alerts/lifecycle/tick-alerts.ts'
import { readFiring } from '../../functions/alerts/list-alerts.ts'
import { createDashboardFeed } from '../../functions/dashboard/create-dashboard-feed.ts'
import { createDashboardSource } from '../../functions/dashboard/create-dashboard-source.ts'
import { createAuthenticate } from '../../functions/login/authenticate.ts'
import { createFirstAdmin } from '../../functions/login/create-first-admin.ts'
import type { RouterDeps } from '../../functions/router.ts'
import { createSweeper } from '../../functions/snapshots/create-sweeper.ts'
import { localDay } from '../../functions/snapshots/local-day.ts'
import { snapshotStatement } from '../../functions/snapshots/snapshot-statement.ts'
import { authenticateServiceToken } from '../../functions/tokens/authenticate-service-token.ts'
import { serviceTokenPrefix } from '../../functions/tokens/service-token-prefix.ts'
import { idleRule, levelOf } from '../../shared/alert/alert-rules.ts'
import type { Channel } from '../../shared/alert/channel.ts'
import type { Config } from '../../shared/node/config.ts'
import { createSealer } from '../../shared/node/crypto/create-sealer.ts'
import { createPasswordHasher } from '../../shared/node/crypto/password.ts'
import { newId } from '../../shared/node/ids.ts'
import type { Log } from '../../shared/node/log.ts'
import { createMetrics } from '../../shared/node/metrics.ts'
import { auditLogIndexes, createAuditLog } from '../../shared/node/mongo/access/audit-log.ts'
import { createLoginAttemptStore, loginAttemptIndexes } from '../../shared/node/mongo/access/login-attempts.ts'
import { createServiceTokenStore, serviceTokenIndexes } from '../../shared/node/mongo/access/service-tokens.ts'
import { createSessionStore, sessionIndexes } from '../../shared/node/mongo/access/sessions.ts'
import { createUserStore, userIndexes } from '../../shared/node/mongo/access/users.ts'
import { type AlertChannelDoc, alertChannelIndexes, createAlertChannelStore } from '../../shared/node/mongo/alerts/alert-channels.ts'
import { alertLogIndexes, createAlertLogStore } from '../../shared/node/mongo/alerts/alert-logs.ts'
import { alertOutboxIndexes, createAlertOutbox } from '../../shared/node/mongo/alerts/alert-outbox.ts'
import { createAlertRuleSet } from '../../shared/node/mongo/alerts/alert-rule-set.ts'
import { alertStateIndexes, createAlertStateStore } from '../../shared/node/mongo/alerts/alert-states.ts'
import { createMaintenanceWindowStore } from '../../shared/node/mongo/alerts/maintenance-windows.ts'
import { ensureIndexes } from '../../shared/node/mongo/ensure-indexes.ts'
import { connectionLogIndexes, createConnectionLogStore } from '../../shared/node/mongo/partners/connection-logs.ts'
import { createPartnerStore, partnerIndexes } from '../../shared/node/mongo/partners/partners.ts'
import { createSnapshotRollupStore, snapshotRollupIndexes } from '../../shared/node/mongo/partners/snapshot-rollups.ts'
import { createSnapshotStore, snapshotIndexes } from '../../shared/node/mongo/partners/snapshots.ts'
import { createSettingsStore } from '../../shared/node/mongo/settings.ts'
import { createConnectionPool } from '../../shared/node/reach/connection-pool.ts'
import { createReachThreads } from '../../shared/node/reach/reach-threads.ts'
import { openPrivateKey } from '../../shared/node/ssh/open-private-key.ts'
import { stageTimeouts } from '../../shared/settings.ts'
import { build } from './build.ts'
import { channelOpener } from './open-channel.ts'
import { openDatabase } from './open-database.ts'
import { peerOf } from './peer.ts'
import { trackWork } from './track-work.ts'

const indexes = [
  userIndexes,
  sessionIndexes,
  serviceTokenIndexes,
  loginAttemptIndexes,
  partnerIndexes,
  snapshotIndexes,
  snapshotRollupIndexes,
  connectionLogIndexes,
  auditLogIndexes,
  alertStateIndexes,
  alertLogIndexes,
  alertChannelIndexes,
  alertOutboxIndexes,
]
const docsAssets = ['swagger-ui.css', 'swagger-ui-bundle.js']
const idleConnectionMs = 10 * 60_000
const retryDelayMs = { first: 1_000, max: 4_000 }

const now = () => new Date()
const monotonicMs = () => performance.now()

const wait = (ms: number, signal: AbortSignal) => delay(ms, undefined, { signal }).catch(() => undefined)

const docsAsset = async (name: string) => (docsAssets.includes(name) ? readFile(join(getAbsoluteFSPath(), name)) : null)

const checkPrivateKey = async (privateKey: string, passphrase: string | undefined) => {
  const opened = await openPrivateKey(privateKey, passphrase)
  return opened.ok ? null : { path: opened.field, message: opened.message }
}

/** Builds every client and dependency of this process. The only place that does. */
export const wire = async (config: Config, log: Log, options: { runsSweep: boolean }) => {
  const database = await openDatabase(config, log)
  const { db } = database
  await ensureIndexes(db, indexes)

  const base = { log, now, newId, monotonicMs }
  const alertLogs = createAlertLogStore(db)
  const stores = {
    users: createUserStore(db),
    sessions: createSessionStore(db),
    tokens: createServiceTokenStore(db),
    attempts: createLoginAttemptStore(db),
    partners: createPartnerStore(db),
    snapshots: createSnapshotStore(db),
    rollups: createSnapshotRollupStore(db),
    logs: createConnectionLogStore(db),
    settings: createSettingsStore(db),
    states: createAlertStateStore(db),
    alertLogs: {
      ...alertLogs,
      record: async (...event: Parameters<typeof alertLogs.record>) => {
        await alertLogs.record(...event)
        dashboard.invalidate()
      },
    },
    channels: createAlertChannelStore(db),
    outbox: createAlertOutbox(db),
    rules: createAlertRuleSet(db),
    windows: createMaintenanceWindowStore(db),
  }
  const audit = createAuditLog(db, base)
  const sealer = createSealer(config.ENCRYPTION_KEY, config.ENCRYPTION_KEY_PREVIOUS ? [config.ENCRYPTION_KEY_PREVIOUS] : [])
  const threads = createReachThreads({
    openKey: openPrivateKey,
    onOverload: (partnerId, err) => log.error({ run: 'reach', partnerId, err }, 'a partner takes too much work'),
  })
  const pool = createConnectionPool({
    connect: async (target, signal) => threads.connect(target, { signal, timeoutsMs: stageTimeouts(await stores.settings.read()) }),
    idleMs: idleConnectionMs,
    retryDelayMs,
    now,
  })
  const outboxState = async () => {
    const [depth, oldest] = await Promise.all([stores.outbox.depth(), stores.outbox.oldest()])
    return { depth, oldestAgeSeconds: oldest ? (now().getTime() - oldest.createdAt.getTime()) / 1000 : 0 }
  }
  const dashboard = createDashboardSource({ ...base, ...stores, readFiring: (limit) => readFiring({ ...base, ...stores }, limit) })
  const stopping = new AbortController()
  const work = trackWork()
  const metrics = createMetrics({ inFlight: () => sweeper.state().inFlight, outbox: outboxState })
  const openChannel = channelOpener(config, sealer)
  const deliveries = new AbortController()
  const alerting = {
    ...base,
    ...stores,
    openChannel: (doc: AlertChannelDoc): Channel => {
      const channel = openChannel(doc)
      return { ...channel, send: (message, signal) => channel.send(message, AbortSignal.any([signal, deliveries.signal])) }
    },
    hasMail: config.SMTP_HOST !== undefined && config.SMTP_FROM_EMAIL !== undefined,
    delivered: metrics.delivered,
    random: Math.random,
  }
  const observeCapture = async (partnerId: string) => {
    const startedAt = monotonicMs()
    try {
      const events = await observePartner(alerting, partnerId)
      if (events.length > 0) await handOn(alerting)
    } catch (err) {
      // The next tick evaluates what could not be evaluated now.
      log.error({ run: 'alerts', partnerId, err }, 'evaluation failed')
    }
    metrics.evaluated(monotonicMs() - startedAt)
  }

  const sweeper = createSweeper({
    ...base,
    ...stores,
    audit,
    sealer,
    pool,
    levelOf: async (numbers) => levelOf(numbers, [...(await stores.rules.read()).filter((rule) => rule.isOn), idleRule]),
    wait,
    captured: async (result, ms) => {
      metrics.captured(result.ok ? 'ok' : result.reason, ms)
      await observeCapture(result.partnerId)
      dashboard.invalidate()
    },
  })

  const login = {
    passwords: createPasswordHasher(),
    jwtSecret: config.JWT_SECRET,
    jwtExpiryMinutes: config.JWT_EXPIRY_MINUTES,
    sessionDays: config.SESSION_DAYS,
    auditLog: audit,
  }
  const byToken = authenticateServiceToken({ ...base, ...stores })
  const byUser = createAuthenticate({ ...base, ...stores, ...login })

  const deps = {
    ...alerting,
    ...base,
    ...stores,
    ...login,
    audit,
    sealer,
    sweeper,
    dashboard,
    dashboardFeed: createDashboardFeed({ ...base, source: dashboard, wait, stopping: stopping.signal }),
    stopping: stopping.signal,
    track: work.track,
    authenticate: (bearer) => (bearer.startsWith(serviceTokenPrefix) ? byToken : byUser)(bearer),
    corsOrigins: config.CORS_ORIGINS,
    peer: peerOf(config.TRUST_PROXY),
    checkPrivateKey,
    connect: threads.connect,
    probeStatement: () => snapshotStatement(localDay(now(), 'UTC')),
    dropConnection: pool.evict,
    changed: dashboard.invalidate,
    build,
    database,
    sweep: options.runsSweep ? sweeper.state : null,
    outboxState,
    metrics,
    docsAsset,
  } satisfies RouterDeps
  return {
    deps,
    sweep: sweeper.sweep,
    tickAlerts: () => tickAlerts(alerting),
    dispatch: () => dispatch(alerting),
    createFirstAdmin: () => createFirstAdmin({ ...base, ...stores, ...login }, config.ADMIN_PASSWORD),
    /** Resolves when the requests, and what they began, are over. */
    settled: work.settled,
    /** Ends the streams that clients follow. */
    endStreams: () => stopping.abort(),
    /** Takes no new captures and aborts those in flight; requests are still served. */
    stopCaptures: sweeper.stop,
    /** Ends the deliveries in flight; another process sends them again. */
    abortDeliveries: () => deliveries.abort(),
    close: async () => {
      await sweeper.stop()
      await pool.close()
      await threads.close()
      await database.close()
    },
  }
}
