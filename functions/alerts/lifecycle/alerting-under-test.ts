import type { TestDatabase } from '../../../deployment/testing/test-databases.ts'
import type { Message, SendResult } from '../../../shared/alert/channel.ts'
import { createLog } from '../../../shared/node/log.ts'
import { type AlertChannelDoc, alertChannelIndexes, createAlertChannelStore } from '../../../shared/node/mongo/alerts/alert-channels.ts'
import { alertLogIndexes, createAlertLogStore } from '../../../shared/node/mongo/alerts/alert-logs.ts'
import { alertOutboxIndexes, createAlertOutbox, type OutboxRow } from '../../../shared/node/mongo/alerts/alert-outbox.ts'
import { createAlertRuleSet } from '../../../shared/node/mongo/alerts/alert-rule-set.ts'
import { alertStateIndexes, createAlertStateStore } from '../../../shared/node/mongo/alerts/alert-states.ts'
import { createMaintenanceWindowStore } from '../../../shared/node/mongo/alerts/maintenance-windows.ts'
import { at, partnerDoc, snapshotOf } from '../../../shared/node/mongo/docs-under-test.ts'
import { ensureIndexes } from '../../../shared/node/mongo/ensure-indexes.ts'
import { createPartnerStore, type PartnerDoc } from '../../../shared/node/mongo/partners/partners.ts'
import { createSettingsStore } from '../../../shared/node/mongo/settings.ts'
import { dispatch } from '../delivery/dispatch.ts'
import { observePartner } from './observe-partner.ts'

export const accepted: SendResult = { ok: true, code: '200' }
export const busy: SendResult = { ok: false, permanent: false, code: '500', message: 'The receiver answered 500.', retryAfterMs: null }
export const refused: SendResult = {
  ok: false,
  permanent: true,
  code: '404',
  message: 'The receiver refused the message (404).',
  retryAfterMs: null,
}

export const channelDoc = (id: string, changes: Partial<AlertChannelDoc> = {}): AlertChannelDoc => ({
  _id: id,
  name: id,
  nameKey: id,
  isActive: true,
  levels: ['CRITICAL', 'HIGH', 'MEDIUM'],
  partnerIds: null,
  isEscalation: false,
  config: { type: 'slack', url: 'sealed' },
  problem: null,
  dispatch: { leasedUntil: new Date(0), leaseId: null, nextSendAt: new Date(0), failures: 0 },
  version: 1,
  createdAt: at(0),
  updatedAt: at(0),
  ...changes,
})

/** A queue above 100 fires CRITICAL at once; one below resolves at once. */
const rules = [
  {
    id: 'deep-queue',
    level: 'CRITICAL',
    conditions: [{ metric: 'queuedCalls', operator: '>', value: 100 }],
    message: '{queuedCalls} calls wait',
    for: 1,
    keepFor: 1,
    isOn: true,
  },
] as const

/** Alerting over an empty database, on a clock that only `wait` moves, with channels that keep what they send and answer with `answers` in turn. */
export const createAlerting = async ({ db }: Pick<TestDatabase, 'db'>) => {
  await db.dropDatabase()
  await ensureIndexes(db, [alertStateIndexes, alertLogIndexes, alertChannelIndexes, alertOutboxIndexes])
  let nowMs = at(0).getTime()
  let ids = 0
  const sent: { channelId: string; at: Date; message: Message }[] = []
  const answers: SendResult[] = []
  const now = () => new Date(nowMs)
  const deps = {
    states: createAlertStateStore(db),
    alertLogs: createAlertLogStore(db),
    channels: createAlertChannelStore(db),
    outbox: createAlertOutbox(db),
    partners: createPartnerStore(db),
    settings: createSettingsStore(db),
    rules: createAlertRuleSet(db),
    windows: createMaintenanceWindowStore(db),
    audit: { record: async () => {} },
    changed: () => {},
    delivered: () => {},
    random: () => 1,
    newId: () => `id-${String(++ids).padStart(6, '0')}`,
    now,
    log: createLog({ level: 'silent' }),
    openChannel: ({ _id: channelId }: AlertChannelDoc) => ({
      send: async (message: Message) => {
        sent.push({ channelId, at: now(), message })
        return answers.shift() ?? accepted
      },
      close: () => {},
    }),
  }
  await deps.rules.write(0, rules)
  const partners = db.collection<PartnerDoc>('partner_configs')
  return {
    deps,
    sent,
    answers,
    /** What was sent, oldest first: `<channel>: <kind> <partner> <rule>`. */
    sentNotices: () =>
      sent.flatMap(({ channelId, message }) =>
        message.notices.map(({ kind, partnerId, ruleId }) => `${channelId}: ${kind} ${partnerId ?? 'fleet'} ${ruleId}`),
      ),
    rows: () => db.collection<OutboxRow>('alert_outbox').find().sort({ _id: 1 }).toArray(),
    wait: (seconds: number) => {
      nowMs += seconds * 1000
    },
    addPartner: async (id: string) => {
      await deps.partners.insert(partnerDoc(id))
    },
    /** Stores a capture, as a sweep does. */
    store: async (id: string, queuedCalls: number) => {
      const latest = { ...snapshotOf(0, now()), queuedCalls }
      const sync = { status: 'SUCCESS', lastSyncAt: now(), lastError: null, consecutiveFailures: 0 } as const
      await partners.updateOne({ _id: id }, { $set: { latest, sync } })
    },
    /** A capture that worked, and its evaluation. */
    async capture(id: string, queuedCalls: number) {
      await this.store(id, queuedCalls)
      await observePartner(deps, id)
    },
    /** A capture that did not reach the partner's SSH server, and its evaluation. */
    async fail(id: string) {
      const lastError = { stage: 'ssh-connect', reason: 'refused', message: 'refused', at: now() } as const
      await partners.updateOne({ _id: id }, { $set: { 'sync.lastError': lastError }, $inc: { 'sync.consecutiveFailures': 1 } })
      await observePartner(deps, id)
    },
    /** Dispatches every two seconds for so long. */
    async dispatchFor(seconds: number) {
      for (let passed = 0; passed < seconds; passed += 2) {
        await dispatch(deps)
        nowMs += 2000
      }
    },
  }
}

export type Alerting = Awaited<ReturnType<typeof createAlerting>>
