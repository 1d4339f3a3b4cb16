import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import getAbsoluteFSPath from 'swagger-ui-dist/absolute-path.js'
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
import type { Channel } from '../../shared/alert/channel.ts'
import { createOpenStreams } from '../../shared/http/create-open-streams.ts'
import type { Log } from '../../shared/log.ts'
import { createGuardedPost } from '../../shared/node/channels/create-guarded-post.ts'
import { channelOpener } from '../../shared/node/channels/open-channel.ts'
import type { Config } from '../../shared/node/config.ts'
import { newId } from '../../shared/node/ids.ts'
import { createMetrics } from '../../shared/node/metrics.ts'
import type { AlertChannelDoc } from '../../shared/node/mongo/alerts/alert-channels.ts'
import { createStores, ensureAllIndexes } from '../../shared/node/mongo/create-stores.ts'
import { createConnectionPool } from '../../shared/node/reach/connection-pool.ts'
import { createReachThreads } from '../../shared/node/reach/reach-threads.ts'
import { openPrivateKey } from '../../shared/node/ssh/open-private-key.ts'
import { watchEventLoop } from '../../shared/node/watch-event-loop.ts'
import { stageTimeouts } from '../../shared/settings.ts'
import { monotonicMs, now, retryDelayMs, wait, wireCommon } from '../wire-common.ts'
import { build } from './build.ts'
import { hangUp } from './hang-up.ts'
import { openDatabase } from './open-database.ts'
import { peerOf } from './peer.ts'
import { trackWork } from './track-work.ts'

const idleConnectionMs = 10 * 60_000
/** How often the process looks at itself. */
export const selfCheckMs = 15_000

const docsAsset = (name: string) => readFile(join(getAbsoluteFSPath(), name))

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

  const made = createStores(db, { newId, now })
  const stores = {
    ...made,
    alertLogs: {
      ...made.alertLogs,
      record: async (...event: Parameters<typeof made.alertLogs.record>) => {
        await made.alertLogs.record(...event)
        common.changed()
      },
    },
  }
  const common = wireCommon(config, { log, newId, stores, openKey: openPrivateKey })
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
      monotonicMs,
    }),
  )
  const eventLoop = watchEventLoop()
  const selfCheck = createSelfCheck({
    ...common,
    partners: options.runsSweep ? stores.partners : null,
    probeWrite: database.probeWrite,
    everyMs: selfCheckMs,
  })
  const stopping = new AbortController()
  const work = trackWork()
  const metrics = lazily('metrics', log, () =>
    createMetrics({ inFlight: () => sweeper.made?.state().inFlight ?? 0, outbox: common.outboxState, eventLoop: eventLoop.read }),
  )
  const post = createGuardedPost({ allowPrivate: config.ALLOW_PRIVATE_WEBHOOKS, now })
  const openChannel = channelOpener(config, { ...common, post })
  const deliveries = new AbortController()
  const alerting = {
    ...common,
    openChannel: (doc: AlertChannelDoc): Channel => {
      const channel = openChannel(doc)
      return { ...channel, send: (message, signal) => channel.send(message, AbortSignal.any([signal, deliveries.signal])) }
    },
    delivered: (channel: string, outcome: string) => metrics.get().delivered(channel, outcome),
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
      ...common,
      pool: pool.get(),
      wait,
      captured: async (result, ms) => {
        metrics.get().captured(result.ok ? 'ok' : result.reason, ms)
        await observeCapture(result.partnerId)
        common.changed()
      },
    }),
  )
  const feed = lazily('dashboard feed', log, () =>
    createDashboardFeed({ ...common, source: common.dashboard, wait, stopping: stopping.signal }),
  )

  const deps = {
    ...alerting,
    get sweeper() {
      return sweeper.get()
    },
    get dashboardFeed() {
      return feed.get()
    },
    stopping: stopping.signal,
    streams: createOpenStreams({ ...common, wait, stopping: stopping.signal, hangUp }),
    track: work.track,
    peer: peerOf(config.TRUST_PROXY),
    connect: (target, options) => threads.get().connect(target, options),
    alone: (target, work, signal) => pool.get().alone(target, work, signal),
    dropConnection: (partnerId) => pool.made?.evict(partnerId),
    build,
    database,
    sweep: options.runsSweep ? () => sweeper.get().state() : null,
    selfCheck: selfCheck.state,
    heartbeat: () => heartbeat.state(),
    eventLoop: eventLoop.read,
    get metrics() {
      return metrics.get()
    },
    docsAsset,
  } satisfies RouterDeps
  const started = { at: now(), ms: monotonicMs() }
  const heartbeat = createHeartbeat({ ...common, post, checkHealth: () => checkHealth(deps, started) })
  return {
    deps,
    sweep: () => sweeper.get().sweep(),
    repairSchedule: () => repairSchedule(common),
    tickAlerts: () => tickAlerts(alerting),
    dispatch: () => dispatch(alerting),
    sendHeartbeat: heartbeat.send,
    checkSelf: () => {
      eventLoop.turn()
      return selfCheck.run()
    },
    createFirstAdmin: () => createFirstAdmin(common, config.ADMIN_PASSWORD),
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
