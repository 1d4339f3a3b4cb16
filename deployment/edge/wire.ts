import { setTimeout as delay } from 'node:timers/promises'
import { dispatch } from '../../functions/alerts/delivery/dispatch.ts'
import { fillOutbox } from '../../functions/alerts/delivery/fill-outbox.ts'
import { observePartner } from '../../functions/alerts/lifecycle/observe-partner.ts'
import { tickAlerts } from '../../functions/alerts/lifecycle/tick-alerts.ts'
import { createDashboardFeed } from '../../functions/dashboard/create-dashboard-feed.ts'
import { checkHealth } from '../../functions/health/check-health.ts'
import { createHeartbeat } from '../../functions/health/create-heartbeat.ts'
import { createSelfCheck } from '../../functions/health/create-self-check.ts'
import { createFirstAdmin } from '../../functions/login/create-first-admin.ts'
import type { RouterDeps } from '../../functions/router.ts'
import { createSweeper } from '../../functions/snapshots/create-sweeper.ts'
import { repairSchedule } from '../../functions/snapshots/repair-schedule.ts'
import manifest from '../../package.json' with { type: 'json' }
import { createOpenStreams } from '../../shared/http/create-open-streams.ts'
import type { Log } from '../../shared/log.ts'
import { channelOpener } from '../../shared/node/channels/open-channel.ts'
import { type Config, readConfig } from '../../shared/node/config.ts'
import { createLog } from '../../shared/node/log.ts'
import { createMetrics } from '../../shared/node/metrics.ts'
import { connectMongo } from '../../shared/node/mongo/connect-mongo.ts'
import { createStores, ensureAllIndexes } from '../../shared/node/mongo/create-stores.ts'
import { createConnectPartner } from '../../shared/node/reach/connect-partner.ts'
import { createConnectionPool } from '../../shared/node/reach/connection-pool.ts'
import { stageTimeouts } from '../../shared/settings.ts'
import { monotonicMs, now, retryDelayMs, wait, wireCommon } from '../wire-common.ts'
import { createFetchPost } from './create-fetch-post.ts'
import { newId } from './new-id.ts'
import { openPrivateKey } from './open-private-key.ts'

/** The variables and bindings of the Worker. */
export type EdgeEnv = Readonly<Record<string, unknown>> & { ASSETS?: { fetch: (request: Request) => Promise<Response> } }

/**
 * Cloudflare gives an object six sockets and lets a seventh wait. A set of three servers takes one each to watch it, these two carry the
 * commands, and one is left for a partner, who does not keep it.
 */
const mongoOptions = { maxPoolSize: 2, serverMonitoringMode: 'poll' } as const
const capturesAtOnce = 1
const idleConnectionMs = 0
const settlePollMs = 50
/** The cron trigger fires once a minute: after so long it has missed two. */
const sweepStalledMs = 150_000
/** How often the cron trigger fires. */
const cronMs = 60_000

const textsOf = (env: EdgeEnv) =>
  Object.fromEntries(Object.entries(env).filter(([, value]) => typeof value === 'string')) as Record<string, string>

/** The database with its indexes. What fails is logged without its secrets and leaves no connection open. */
const openDatabase = async (config: Config, log: Log) => {
  try {
    const database = await connectMongo(config.MONGO_URL ?? '', config.DB_NAME, mongoOptions)
    await ensureAllIndexes(database.db).catch(async (error: unknown) => {
      await database.close()
      throw error
    })
    return database
  } catch (err) {
    log.fatal({ err }, 'the database did not open')
    throw err
  }
}

/** Builds every client and dependency of the Worker. */
export const wireEdge = async (env: EdgeEnv) => {
  const config = readConfig({ ...textsOf(env), NODE_ENV: 'production' })
  const log = createLog({ level: config.LOG_LEVEL, secrets: config.secrets, destination: { write: (line) => console.log(line.trimEnd()) } })
  const database = await openDatabase(config, log)

  const stores = createStores(database.db, { newId, now })
  const common = wireCommon(config, { log, newId, stores, openKey: openPrivateKey })
  const metrics = createMetrics({ inFlight: () => sweeper.state().inFlight, outbox: common.outboxState, withoutProcess: true })
  const selfCheck = createSelfCheck({ ...common, probeWrite: database.probeWrite, everyMs: cronMs })
  const stopping = new AbortController().signal
  const post = createFetchPost({ allowPrivate: config.ALLOW_PRIVATE_WEBHOOKS, now })
  const alerting = {
    ...common,
    openChannel: channelOpener(config, { ...common, post }),
    delivered: metrics.delivered,
  }
  const connectPartner = createConnectPartner({ openKey: openPrivateKey, lookup: null })
  const pool = createConnectionPool({
    connect: async (target, signal) => connectPartner(target, { signal, timeoutsMs: stageTimeouts(await stores.settings.read()) }),
    idleMs: idleConnectionMs,
    retryDelayMs,
    monotonicMs,
  })
  /** One that fails does not keep the next from running. */
  const attempt = (run: string, work: () => Promise<unknown>) => work().catch((err: unknown) => log.error({ run, err }, `${run} failed`))
  const sweeper = createSweeper({
    ...common,
    settings: { read: async () => ({ ...(await stores.settings.read()), concurrentPartnerLimit: capturesAtOnce }) },
    pool,
    wait,
    captured: async (result, ms) => {
      metrics.captured(result.ok ? 'ok' : result.reason, ms)
      await attempt('alerts', async () => {
        if ((await observePartner(alerting, result.partnerId)).length > 0) await fillOutbox(alerting)
      })
      common.changed()
    },
  })
  const captureDue = async () => {
    await sweeper.sweep()
    if (sweeper.state().inFlight === 0) return
    while (sweeper.state().inFlight > 0) await delay(settlePollMs)
    await captureDue()
  }
  const deps = {
    ...alerting,
    sweeper,
    dashboardFeed: createDashboardFeed({ ...common, source: common.dashboard, wait, stopping }),
    stopping,
    // The platform keeps the connection: what a stream that ended left behind is its own.
    streams: createOpenStreams({ ...common, wait, stopping, hangUp: () => {} }),
    track: (work) => work,
    // Cloudflare writes this header itself: whoever sends one of their own does not get it through.
    peer: (c) => ({ address: c.req.header('cf-connecting-ip') ?? '', trusted: false }),
    connect: connectPartner,
    dropConnection: pool.evict,
    build: { version: manifest.version, revision: config.production ? (textsOf(env)['APP_REVISION'] ?? null) : null },
    database: { engine: 'mongodb', ping: database.ping },
    sweep: sweeper.state,
    sweepStalledMs,
    selfCheck: selfCheck.state,
    heartbeat: () => heartbeat.state(),
    eventLoop: null,
    metrics,
    docsAsset: async (name) => {
      const asset = await env.ASSETS?.fetch(new Request(`https://assets/api-docs/${encodeURIComponent(name)}`))
      return asset?.ok ? new Uint8Array(await asset.arrayBuffer()) : null
    },
  } satisfies RouterDeps
  const started = { at: now(), ms: monotonicMs() }
  const heartbeat = createHeartbeat({ ...common, post, checkHealth: () => checkHealth(deps, started) })
  // A password that is made here would be seen by nobody.
  if (config.ADMIN_PASSWORD) await createFirstAdmin(common, config.ADMIN_PASSWORD)
  else if (await stores.users.isEmpty()) log.error('there is no user yet: set ADMIN_PASSWORD, and the first request makes the user admin')
  return {
    deps,
    /** Captures what is due, lets time pass for the alerts and sends what is due. */
    tick: async () => {
      await attempt('self-check', selfCheck.run)
      await attempt('clock', () => repairSchedule(common))
      await attempt('sweep', captureDue)
      await attempt('alerts', () => tickAlerts(alerting))
      await attempt('dispatch', () => dispatch(alerting))
      await attempt('heartbeat', heartbeat.send)
    },
  }
}
