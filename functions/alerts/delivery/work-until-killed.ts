// biome-ignore-all lint/style/noRestrictedImports: a process of its own for a test, no part of the function
// biome-ignore-all lint/style/noRestrictedGlobals: a process of its own for a test, no part of the function
import { writeSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { MongoClient } from 'mongodb'
import { createGuardedPost } from '../../../shared/node/channels/create-guarded-post.ts'
import { createWebhookChannel } from '../../../shared/node/channels/create-webhook-channel.ts'
import { newId } from '../../../shared/node/ids.ts'
import { createLog } from '../../../shared/node/log.ts'
import { createAlertChannelStore } from '../../../shared/node/mongo/alerts/alert-channels.ts'
import { createAlertLogStore } from '../../../shared/node/mongo/alerts/alert-logs.ts'
import { createAlertOutbox } from '../../../shared/node/mongo/alerts/alert-outbox.ts'
import { createAlertRuleSet } from '../../../shared/node/mongo/alerts/alert-rule-set.ts'
import { createAlertStateStore } from '../../../shared/node/mongo/alerts/alert-states.ts'
import { createPartnerStore } from '../../../shared/node/mongo/partners/partners.ts'
import { createSettingsStore } from '../../../shared/node/mongo/settings.ts'
import type { Metrics } from '../../../shared/snapshot/snapshot.ts'
import { observe } from '../lifecycle/change-subject.ts'
import { dispatch } from './dispatch.ts'

/** A process for the tests: evaluates the captures whose time has come and dispatches, on a clock that runs `speed` times as fast, until killed. */
const [url = '', dbName = '', start = '', speedText = ''] = process.argv.slice(2)
const speed = Number(speedText)
const now = () => new Date(Number(start) + (Date.now() - Number(start)) * speed)

const db = new MongoClient(url).db(dbName)
const states = createAlertStateStore(db)
const post = createGuardedPost({ allowPrivate: true, now, timeoutMs: 12_000 / speed })
const deps = {
  states,
  rules: createAlertRuleSet(db),
  settings: createSettingsStore(db),
  channels: createAlertChannelStore(db),
  outbox: createAlertOutbox(db),
  alertLogs: createAlertLogStore(db),
  partners: createPartnerStore(db),
  windows: { list: async () => [] },
  openChannel: ({ config }: { config: object }) => createWebhookChannel(config as { url: string; secret: string }, { post, now }),
  delivered: () => {},
  random: Math.random,
  newId,
  now,
  log: createLog({ level: 'error' }),
}

const captures = await db.collection<{ partnerId: string; at: Date; metrics: Metrics }>('captures').find().sort({ at: 1 }).toArray()

const evaluateDue = async () => {
  const seen = new Map((await states.all()).map(({ _id, state }) => [_id, state.lastObservedAt]))
  const until = now()
  const partners = new Set([...new Set(captures.map(({ partnerId }) => partnerId))].filter(() => Math.random() < 0.5))
  for (const { partnerId, at, metrics } of captures)
    if (partners.has(partnerId) && at <= until && at > (seen.get(partnerId) ?? new Date(0)))
      await observe(deps, partnerId, { kind: 'snapshot', at, metrics })
}

const repeat = async (run: () => Promise<unknown>) => {
  for (;;) {
    await run()
    await delay(20)
  }
}

writeSync(1, 'ready\n')
await Promise.all([repeat(evaluateDue), repeat(() => dispatch(deps))])
