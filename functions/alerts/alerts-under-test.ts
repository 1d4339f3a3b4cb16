import { openTestDatabase } from '../../deployment/testing/test-databases.ts'
import { emptyState } from '../../shared/alert/alert-state.ts'
import type { Message, SendResult } from '../../shared/alert/channel.ts'
import { openConfig } from '../../shared/alert/channel-secrets.ts'
import type { Actor } from '../../shared/http/app-env.ts'
import { createApp } from '../../shared/http/create-app.ts'
import { createSealer } from '../../shared/node/crypto/create-sealer.ts'
import { createLog } from '../../shared/node/log.ts'
import { type AuditEntry, auditLogIndexes, createAuditLog } from '../../shared/node/mongo/access/audit-log.ts'
import { alertChannelIndexes, createAlertChannelStore } from '../../shared/node/mongo/alerts/alert-channels.ts'
import { alertLogIndexes, createAlertLogStore } from '../../shared/node/mongo/alerts/alert-logs.ts'
import { alertOutboxIndexes, createAlertOutbox } from '../../shared/node/mongo/alerts/alert-outbox.ts'
import { createAlertRuleSet } from '../../shared/node/mongo/alerts/alert-rule-set.ts'
import { alertStateIndexes, createAlertStateStore } from '../../shared/node/mongo/alerts/alert-states.ts'
import { createMaintenanceWindowStore } from '../../shared/node/mongo/alerts/maintenance-windows.ts'
import { partnerDoc } from '../../shared/node/mongo/docs-under-test.ts'
import { ensureIndexes } from '../../shared/node/mongo/ensure-indexes.ts'
import { createPartnerStore, partnerIndexes } from '../../shared/node/mongo/partners/partners.ts'
import { createSnapshotStore, snapshotIndexes } from '../../shared/node/mongo/partners/snapshots.ts'
import { createSettingsStore } from '../../shared/node/mongo/settings.ts'
import { type Metrics, metricNames } from '../../shared/snapshot/snapshot.ts'
import { dispatch } from './delivery/dispatch.ts'
import { fillOutbox } from './delivery/fill-outbox.ts'
import { type AlertsDeps, alerts } from './handler.ts'
import { observe } from './lifecycle/change-subject.ts'
import { resolveAll, type TickAlertsDeps, tickAlerts } from './lifecycle/tick-alerts.ts'

const token = (id: string, scopes: Extract<Actor, { kind: 'token' }>['scopes']): Actor => ({ kind: 'token', id, name: id, scopes })

/** Who each bearer token is. */
const actors: Readonly<Record<string, Actor>> = {
  admin: { kind: 'user', id: 'u1', name: 'Ada', role: 'ADMIN', sessionId: 's1' },
  viewer: { kind: 'user', id: 'u2', name: 'Eve', role: 'VIEWER', sessionId: 's2' },
  reader: token('reader', ['alerts:read']),
  writer: token('writer', ['alerts:write']),
  dispatcher: token('dispatcher', ['alerts:dispatch']),
}
const msPerMinute = 60_000
const indexes = [
  alertStateIndexes,
  alertLogIndexes,
  alertChannelIndexes,
  alertOutboxIndexes,
  partnerIndexes,
  snapshotIndexes,
  auditLogIndexes,
]

/** The numbers of a partner at 10 % utilization whose queue is so deep: over 200 fires `queue-high-utilization-low` alone. */
export const metricsWith = (queuedCalls: number): Metrics => ({
  ...(Object.fromEntries(metricNames.map((name) => [name, 0])) as Metrics),
  runningCampaigns: 1,
  activeCalls: 1,
  queuedCalls,
  concurrencyLimit: 10,
  utilizationPercent: 10,
})

/** The alerts function as in production, with a clock that only the test moves and channels that keep what they are sent. */
export const openAlerts = async ({ hasMail = true }: { hasMail?: boolean } = {}) => {
  const clock = { ms: Date.UTC(2026, 2, 2, 12) }
  const now = () => new Date(clock.ms)
  const database = await openTestDatabase({ now: () => clock.ms })
  const { db } = database
  await ensureIndexes(db, indexes)
  let ids = 0
  const newId = () => `id-${String(++ids).padStart(6, '0')}`
  const log = createLog({ level: 'silent' })
  const sealer = createSealer(new Uint8Array(32).fill(7))
  const sent: { channel: string; config: unknown; message: Message }[] = []
  const answers: SendResult[] = []
  const snapshots = createSnapshotStore(db)
  const partners = createPartnerStore(db)
  const deps: AlertsDeps & TickAlertsDeps = {
    states: createAlertStateStore(db),
    alertLogs: createAlertLogStore(db),
    channels: createAlertChannelStore(db),
    outbox: createAlertOutbox(db),
    rules: createAlertRuleSet(db),
    settings: createSettingsStore(db),
    snapshots,
    partners,
    windows: createMaintenanceWindowStore(db),
    audit: createAuditLog(db, { newId, now }),
    sealer,
    hasMail,
    authenticate: async (bearer) => actors[bearer] ?? null,
    openChannel: (channel) => {
      const config = openConfig(sealer, channel._id, channel.config)
      return {
        send: async (message) => {
          sent.push({ channel: channel.name, config, message })
          return answers.shift() ?? { ok: true, code: '200' }
        },
        close: () => {},
      }
    },
    delivered: () => {},
    changed: () => {},
    random: () => 1,
    newId,
    now,
    log,
  }
  const app = createApp({ log, corsOrigins: [], newId, peer: () => ({ address: '', trusted: false }), monotonicMs: () => clock.ms })
  app.route('/api/alerts', alerts(deps))

  const request = async (route: string, { as = 'admin', body }: { as?: string; body?: unknown } = {}) => {
    const [method = 'GET', path = ''] = route.split(' ')
    return app.request(`/api/alerts${path}`, {
      method,
      headers: { Authorization: `Bearer ${as}`, ...(body !== undefined && { 'Content-Type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  }
  /** The body of an answer that must be a success. */
  const read = async <Body>(route: string, options: { as?: string; body?: unknown } = {}): Promise<Body> => {
    const response = await request(route, options)
    if (!response.ok) throw new Error(`${route} answered ${response.status}: ${await response.text()}`)
    return (response.status === 204 ? undefined : await response.json()) as Body
  }
  const capture = async (partnerId: string, queuedCalls: number) => {
    await observe(deps, partnerId, { kind: 'snapshot', at: now(), metrics: metricsWith(queuedCalls) })
    await fillOutbox(deps)
    return deps.states.find(partnerId)
  }

  return {
    ...deps,
    snapshots,
    partners,
    db,
    clock,
    sent,
    answers,
    request,
    read,
    capture,
    addPartners: async (...names: string[]) => {
      for (const name of names) await partners.insert(partnerDoc(name, { partnerName: `Partner ${name}` }))
    },
    /** A capture that fires an alert; returns the alert's id. */
    fire: async (partnerId: string, queuedCalls = 250): Promise<string> => {
      const alert = Object.values((await capture(partnerId, queuedCalls))?.state.open ?? {})[0]
      if (!alert) throw new Error(`${queuedCalls} calls waiting at ${partnerId} fire nothing`)
      return alert.id
    },
    /** A capture that did not reach the partner's SSH server, the `consecutiveFailures`th in a row. */
    fail: async (partnerId: string, consecutiveFailures: number) => {
      const failure = { stage: 'ssh-connect', reason: 'refused', message: 'refused', consecutiveFailures }
      await observe(deps, partnerId, { kind: 'failure', at: now(), ...failure })
      await fillOutbox(deps)
    },
    resolve: async (partnerId: string) => {
      const stored = await deps.states.find(partnerId)
      const { state, events } = resolveAll(stored?.state ?? emptyState, now())
      await deps.states.save(partnerId, stored?.version ?? 0, state, events)
      await fillOutbox(deps)
    },
    /** Lets time pass, and sends what is due then. */
    pass: async (minutes: number) => {
      clock.ms += minutes * msPerMinute
      await tickAlerts(deps)
      await dispatch(deps)
    },
    /** What was sent to the channels since the last call: `<channel>: <kind> <partner>`. */
    sentNotices: () =>
      sent
        .splice(0)
        .flatMap(({ channel, message }) => message.notices.map(({ kind, partnerName }) => `${channel}: ${kind} ${partnerName}`)),
    audited: () => db.collection<AuditEntry>('audit_log').find().sort({ _id: 1 }).toArray(),
    close: database.close,
  }
}

export type AlertsUnderTest = Awaited<ReturnType<typeof openAlerts>>

export const webhook = { name: 'Hook', type: 'webhook', config: { url: 'https://hook.example/alerts', secret: 'a secret of the hook' } }

/** The code and the fields at fault of a refusal. */
export const refusalOf = async (response: Response) => {
  const { error } = (await response.json()) as { error: { code: string; issues?: { path: string }[] } }
  return { status: response.status, code: error.code, paths: error.issues?.map((issue) => issue.path) ?? [] }
}
