import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../../deployment/testing/test-databases.ts'
import type { FiringRule } from '../../../shared/alert/alert-rules.ts'
import { type AlertChannelDoc, alertChannelIndexes, createAlertChannelStore } from '../../../shared/node/mongo/alerts/alert-channels.ts'
import { type AlertLogDoc, alertLogIndexes } from '../../../shared/node/mongo/alerts/alert-logs.ts'
import { alertOutboxIndexes, createAlertOutbox } from '../../../shared/node/mongo/alerts/alert-outbox.ts'
import { createAlertRuleSet } from '../../../shared/node/mongo/alerts/alert-rule-set.ts'
import { alertStateIndexes, createAlertStateStore } from '../../../shared/node/mongo/alerts/alert-states.ts'
import { ensureIndexes } from '../../../shared/node/mongo/ensure-indexes.ts'
import type { FiringLevel } from '../../../shared/snapshot/snapshot.ts'

const partnerCount = 50
const capturesPerPartner = 40
const kills = 20
/** The workers' clock: 30 s of grouping or lease take 0.3 s. */
const speed = 100
const capturesForMs = 16_000
/** About 30 s on an idle machine; as long as a busy one may need. */
const deadlineMs = 200_000

const worker = fileURLToPath(import.meta.resolve('./work-until-killed.ts'))
const seed = process.env['ALERT_SEED'] ?? String(Date.now())

/** Numbers in [0, 1) that follow from the seed and a name. */
const randomOf = (name: string) => {
  let n = 0
  return () => createHash('sha256').update(`${seed} ${name} ${n++}`).digest().readUInt32BE() / 2 ** 32
}

type Receipt = {
  channelId: string
  messageId: string
  isAccepted: boolean
  alerts: { type: string; partnerId: string; firedAt: string }[]
}
type Answer = { isAccepted: boolean; give: (response: ServerResponse) => void }

const ok: Answer = { isAccepted: true, give: (response) => response.end('ok') }
const answers: readonly [upTo: number, Answer][] = [
  [0.62, ok],
  [0.72, { isAccepted: false, give: (response) => response.writeHead(500).end() }],
  [0.79, { isAccepted: false, give: (response) => response.writeHead(429, { 'retry-after': '20' }).end() }],
  [0.85, { isAccepted: true, give: (response) => response.socket?.destroy() }],
  [0.9, { isAccepted: false, give: (response) => response.socket?.destroy() }],
  [
    0.95,
    {
      isAccepted: true,
      give: (response) => response.writeHead(200, { 'content-length': 99 }).write('o', () => response.socket?.destroy()),
    },
  ],
  [1, { isAccepted: false, give: () => {} }],
]

/** Receivers that keep what they got and fail as the seed says. */
const startReceivers = async () => {
  const receipts: Receipt[] = []
  const random = randomOf('answers')
  const server = createServer(async (request, response) => {
    const chunks = await request.toArray().catch(() => null)
    if (!chunks) return
    const roll = random()
    const answer = answers.find(([upTo]) => roll < upTo)?.[1] ?? ok
    const { alerts } = JSON.parse(Buffer.concat(chunks).toString()) as Pick<Receipt, 'alerts'>
    const messageId = String(request.headers['webhook-id'])
    receipts.push({ channelId: (request.url ?? '').slice(1), messageId, isAccepted: answer.isAccepted, alerts })
    answer.give(response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    receipts,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

const levelOfPartner = (i: number): FiringLevel => (i % 2 === 0 ? 'CRITICAL' : 'HIGH')
const partnerId = (i: number) => `partner-${i}`
const rule = (level: FiringLevel, from: number, to: number): FiringRule => ({
  id: `queue-${level}`,
  level,
  conditions: [
    { metric: 'queuedCalls', operator: '>=', value: from },
    { metric: 'queuedCalls', operator: '<', value: to },
  ],
  message: '{queuedCalls} calls wait',
  for: 1,
  keepFor: 1,
  isOn: true,
})

const channelDoc = (id: string, url: string, levels: FiringLevel[], partnerIds: string[] | null): AlertChannelDoc => ({
  _id: id,
  name: id,
  nameKey: id,
  isActive: true,
  levels,
  partnerIds,
  isEscalation: false,
  config: { type: 'webhook', url: `${url}/${id}`, secret: 'the secret of this channel' },
  problem: null,
  dispatch: { leasedUntil: new Date(0), leaseId: null, nextSendAt: new Date(0), failures: 0 },
  version: 1,
  createdAt: new Date(),
  updatedAt: new Date(),
})
const channelsAt = (url: string) => [
  channelDoc('all', url, ['CRITICAL', 'HIGH', 'MEDIUM'], null),
  channelDoc('high', url, ['HIGH'], null),
  channelDoc('critical', url, ['CRITICAL'], null),
  channelDoc(
    'twenty',
    url,
    ['CRITICAL', 'HIGH'],
    Array.from({ length: 20 }, (_, i) => partnerId(i)),
  ),
]

/** Captures that fire and resolve in turn, at random times of the workers' clock. */
const planCaptures = (startMs: number) => {
  const random = randomOf('captures')
  const stepMs = (capturesForMs * speed) / capturesPerPartner
  return Array.from({ length: partnerCount }, (_, i) =>
    Array.from({ length: capturesPerPartner }, (_, k) => ({
      partnerId: partnerId(i),
      level: levelOfPartner(i),
      at: new Date(Math.floor(startMs + (k + random()) * stepMs)),
      metrics: { queuedCalls: k % 2 === 1 ? 0 : levelOfPartner(i) === 'CRITICAL' ? 300 : 150 },
    })),
  ).flat()
}
type Capture = ReturnType<typeof planCaptures>[number]

/** The transitions as receivers know them: partner, time of firing, and which. Each channel's own come from the plan, not from the database. */
const expectedOf = (channel: AlertChannelDoc, captures: readonly Capture[]) => {
  const wanted = captures.filter(
    (capture) => channel.levels.includes(capture.level) && (channel.partnerIds?.includes(capture.partnerId) ?? true),
  )
  return wanted.map((capture, i) => {
    const isFiring = capture.metrics.queuedCalls > 0
    return `${capture.partnerId} ${(isFiring ? capture : wanted[i - 1])?.at.toISOString()} ${isFiring ? 'fired' : 'resolved'}`
  })
}
const transitionsOf = ({ alerts }: Receipt) =>
  alerts.flatMap(({ type, partnerId, firedAt }) =>
    type
      .replace('alert.', '')
      .split('-and-')
      .map((transition) => `${partnerId} ${firedAt} ${transition}`),
  )

/** What one channel got: what it misses or was not to get, transitions that came under two message ids, and resolutions ahead of their firing. */
const judge = (receipts: readonly Receipt[], expected: readonly string[]) => {
  const accepted = new Set<string>()
  const messageIds = new Map<string, Set<string>>()
  const overtakes: string[] = []
  let copies = 0
  for (const receipt of receipts) {
    const transitions = transitionsOf(receipt)
    for (const transition of transitions) {
      messageIds.set(transition, (messageIds.get(transition) ?? new Set()).add(receipt.messageId))
      const firing = transition.replace('resolved', 'fired')
      if (!accepted.has(firing) && !transitions.includes(firing)) overtakes.push(transition)
    }
    if (!receipt.isAccepted) continue
    copies += transitions.length
    for (const transition of transitions) accepted.add(transition)
  }
  return {
    lost: expected.filter((transition) => !accepted.has(transition)),
    invented: [...messageIds.keys()].filter((transition) => !expected.includes(transition)),
    underTwoIds: [...messageIds].filter(([, ids]) => ids.size > 1).map(([transition]) => transition),
    overtakes,
    duplicates: copies - accepted.size,
  }
}

let database: TestDatabase
let receivers: Awaited<ReturnType<typeof startReceivers>>
const workers: ChildProcess[] = []
const complaints: string[] = []

const startWorker = async (slot: number, startMs: number) => {
  const { url, db } = database
  const child = spawn(process.execPath, [worker, url, db.databaseName, String(startMs), String(speed)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  workers[slot] = child
  const lines = createInterface({ input: child.stdout })
  lines.on('line', (line) => line !== 'ready' && complaints.push(line))
  await once(lines, 'line')
}
const kill = async (child: ChildProcess | undefined) => {
  if (!child || child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

beforeEach(async () => {
  database = await openTestDatabase()
  receivers = await startReceivers()
})
afterEach(async () => {
  await Promise.all(workers.map(kill))
  await receivers.stop()
  await database.close()
})

test('2,000 transitions reach every channel that wants them, in order, while receivers fail and workers are killed', {
  timeout: deadlineMs + 40_000,
}, async () => {
  const { db } = database
  const channels = channelsAt(receivers.url)
  await ensureIndexes(db, [alertStateIndexes, alertLogIndexes, alertChannelIndexes, alertOutboxIndexes])
  await createAlertRuleSet(db).write(0, [rule('CRITICAL', 200, 1000), rule('HIGH', 100, 200)])
  for (const channel of channels) await createAlertChannelStore(db).insert(channel)

  const startMs = Date.now()
  const captures = planCaptures(startMs)
  await db.collection('captures').insertMany(captures)
  const random = randomOf('kills')
  await Promise.all([startWorker(0, startMs), startWorker(1, startMs)])
  for (let n = 0; n < kills; n++) {
    await delay(50 + random() * 450)
    const slot = random() < 0.5 ? 0 : 1
    await kill(workers[slot])
    await startWorker(slot, startMs)
  }

  const lastAt = new Map(captures.map((capture) => [capture.partnerId, capture.at.getTime()]))
  const outbox = createAlertOutbox(db)
  const isDone = async () => {
    const states = await createAlertStateStore(db).all()
    const seen = states.filter(({ _id, state, journal }) => state.lastObservedAt?.getTime() === lastAt.get(_id) && journal.length === 0)
    return seen.length === partnerCount && (await outbox.depth()) === 0
  }
  while (!(await isDone()) && Date.now() < startMs + deadlineMs) await delay(200)
  await Promise.all(workers.map(kill))

  const judged = channels.map((channel) => {
    const receipts = receivers.receipts.filter(({ channelId }) => channelId === channel._id)
    const expected = expectedOf(channel, captures)
    return { channel: channel._id, tries: receipts.length, expected: expected.length, ...judge(receipts, expected) }
  })
  const total = (count: (of: (typeof judged)[number]) => number) => judged.reduce((sum, each) => sum + count(each), 0)
  console.info(
    `ALERT_SEED=${seed}: ${captures.length} transitions, ${kills} kills, ${total((of) => of.tries)} tries, ` +
      `sent ${total((of) => of.expected - of.lost.length)}, duplicates ${total((of) => of.duplicates)}, lost ${total((of) => of.lost.length)}, ` +
      `${Math.round((Date.now() - startMs) / 1000)} s`,
  )

  expect(captures).toHaveLength(2000)
  for (const channel of judged) expect(channel).toMatchObject({ lost: [], invented: [], underTwoIds: [], overtakes: [] })
  expect(await outbox.depth()).toBe(0)
  expect(complaints).toEqual([])
  const logs = await db.collection<AlertLogDoc>('alert_logs').find().toArray()
  expect(logs).toHaveLength(captures.length / 2)
  for (const log of logs) expect(log.events.map(({ type }) => type)).toEqual(['fired', 'notified', 'resolved'])
})
