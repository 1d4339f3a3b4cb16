import { setTimeout as delay } from 'node:timers/promises'
import { readFiring } from '../functions/alerts/read-firing.ts'
import { createDashboardSource } from '../functions/dashboard/create-dashboard-source.ts'
import { createAuthenticate } from '../functions/login/authenticate.ts'
import { localDay } from '../functions/snapshots/local-day.ts'
import { snapshotAccesses, snapshotReads, snapshotStatement } from '../functions/snapshots/snapshot-statement.ts'
import { authenticateServiceToken, serviceTokenPrefix } from '../functions/tokens/authenticate-service-token.ts'
import { idleRule, levelOf } from '../shared/alert/alert-rules.ts'
import type { Log } from '../shared/log.ts'
import type { Config } from '../shared/node/config.ts'
import { createSealer } from '../shared/node/crypto/create-sealer.ts'
import { createPasswordHasher } from '../shared/node/crypto/password.ts'
import type { createStores } from '../shared/node/mongo/create-stores.ts'
import { checkTls } from '../shared/node/mysql/check-tls.ts'
import { createCheckPrivateKey } from '../shared/node/ssh/check-private-key.ts'
import type { OpenKey } from '../shared/node/ssh/open-private-key.ts'
import type { Metrics } from '../shared/snapshot/snapshot.ts'

export const now = () => new Date()
export const monotonicMs = () => performance.now()
export const wait = (ms: number, signal: AbortSignal) => delay(ms, undefined, { signal }).catch(() => undefined)

export const retryDelayMs = { first: 1_000, max: 4_000 }

type CommonParts = {
  log: Log
  newId: () => string
  stores: ReturnType<typeof createStores>
  openKey: OpenKey
}

/** What is wired alike on every platform. Opens nothing. */
export const wireCommon = (config: Config, { log, newId, stores, openKey }: CommonParts) => {
  const base = { log, now, newId, monotonicMs }
  const sealer = createSealer(config.ENCRYPTION_KEY, config.ENCRYPTION_KEY_PREVIOUS ? [config.ENCRYPTION_KEY_PREVIOUS] : [])
  const login = {
    passwords: createPasswordHasher(),
    jwtSecret: config.JWT_SECRET,
    jwtExpiryMinutes: config.JWT_EXPIRY_MINUTES,
    sessionDays: config.SESSION_DAYS,
  }
  const byToken = authenticateServiceToken({ ...base, ...stores })
  const byUser = createAuthenticate({ ...base, ...stores, ...login })
  const dashboard = createDashboardSource({ ...base, ...stores, readFiring: (limit) => readFiring({ ...base, ...stores }, limit) })
  return {
    ...base,
    ...stores,
    ...login,
    sealer,
    dashboard,
    changed: dashboard.invalidate,
    authenticate: (bearer: string) => (bearer.startsWith(serviceTokenPrefix) ? byToken : byUser)(bearer),
    corsOrigins: config.CORS_ORIGINS,
    checkPrivateKey: createCheckPrivateKey(openKey),
    checkTls,
    probeStatement: () => ({ ...snapshotStatement(localDay(now(), 'UTC')), reads: snapshotReads, accesses: snapshotAccesses }),
    outboxState: async (signal?: AbortSignal) => {
      const [depth, oldest] = await Promise.all([stores.outbox.depth(signal), stores.outbox.oldest(signal)])
      return { depth, oldestAgeSeconds: oldest ? Math.max(0, now().getTime() - oldest.createdAt.getTime()) / 1000 : 0 }
    },
    hasMail: config.SMTP_HOST !== undefined && config.SMTP_FROM_EMAIL !== undefined,
    random: Math.random,
    levelOf: async (numbers: Metrics) => levelOf(numbers, [...(await stores.rules.read()).filter((rule) => rule.isOn), idleRule]),
  }
}
