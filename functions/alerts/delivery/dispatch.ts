import type { Channel, SendResult } from '../../../shared/alert/channel.ts'
import { refuse } from '../../../shared/alert/send-failure.ts'
import type { Log } from '../../../shared/log.ts'
import type { AlertChannelDoc, AlertChannelStore } from '../../../shared/node/mongo/alerts/alert-channels.ts'
import type { AlertLogStore } from '../../../shared/node/mongo/alerts/alert-logs.ts'
import type { AlertOutbox, OutboxRow } from '../../../shared/node/mongo/alerts/alert-outbox.ts'
import { type FillOutboxDeps, fillOutbox } from './fill-outbox.ts'
import { planMessage } from './plan-message.ts'

export type DispatchDeps = FillOutboxDeps & {
  channels: AlertChannelStore
  outbox: AlertOutbox
  alertLogs: Pick<AlertLogStore, 'record' | 'delivered'>
  /** Opens a channel's secrets and builds what sends to it. */
  openChannel: (channel: AlertChannelDoc) => Channel
  delivered: (channelName: string, outcome: 'sent' | 'retried' | 'dead') => void
  random: () => number
  newId: () => string
  now: () => Date
  log: Log
}

export type DispatchResult = { sent: number; retried: number; dead: number }

const sendTimeoutMs = 15_000
export const leaseMs = 30_000
/** At most one message per channel in this time: what happens meanwhile is sent together. */
export const groupIntervalMs = 30_000
const giveUpAfterMs = 24 * 3_600_000
const rowsPerMessage = 50

const firstDelayMs = 5_000
export const maxDelayMs = 15 * 60_000

/** Exponential backoff with full jitter, from 5 s to 15 min: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ */
export const retryDelayMs = (failures: number, random: () => number): number =>
  Math.round(random() * Math.min(maxDelayMs, firstDelayMs * 2 ** Math.max(0, failures - 1)))

const channelOff = refuse('channel-off', 'The channel is deleted or switched off.')

const send = async (
  deps: DispatchDeps,
  channel: AlertChannelDoc,
  rows: readonly [OutboxRow, ...OutboxRow[]],
  messageId: string,
): Promise<SendResult> => {
  let opened: Channel
  try {
    opened = deps.openChannel(channel)
  } catch (err) {
    deps.log.error({ err, channelId: channel._id }, 'channel could not be opened')
    return refuse('secret', 'The stored secrets do not open.')
  }
  try {
    return await opened.send(planMessage(messageId, rows, (rows.at(-1) ?? rows[0]).createdAt), AbortSignal.timeout(sendTimeoutMs))
  } finally {
    opened.close()
  }
}

const outcomeOf = (result: SendResult, begunAt: Date | null, now: Date): keyof DispatchResult => {
  if (result.ok) return 'sent'
  return result.permanent || (begunAt !== null && now.getTime() - begunAt.getTime() >= giveUpAfterMs) ? 'dead' : 'retried'
}

const recordOutcome = async (
  deps: DispatchDeps,
  channel: { id: string; name: string },
  rows: readonly OutboxRow[],
  result: SendResult,
  outcome: keyof DispatchResult,
) => {
  const now = deps.now()
  const ids = rows.map((row) => row._id)
  if (outcome === 'retried') await deps.outbox.retry(ids, result.code)
  else await deps.outbox.end(ids, outcome, result.code, now)
  const record = {
    channelId: channel.id,
    channelName: channel.name,
    at: now,
    outcome,
    code: result.code,
    message: result.ok ? '' : result.message,
  }
  await deps.alertLogs.delivered(rows.map((row) => ({ alertId: row.alertId, record: { rowId: row._id, ...record } })))
  deps.delivered(channel.name, outcome)
  deps.log.info(
    { run: 'delivery', channelId: channel.id, messageId: rows[0]?.messageId, rows: rows.length, outcome, code: result.code },
    'delivery',
  )
}

const sendNext = async (deps: DispatchDeps, channel: AlertChannelDoc): Promise<DispatchResult | null> => {
  const [first, ...rest] = await deps.outbox.nextMessage(channel._id, { id: deps.newId(), at: deps.now() }, rowsPerMessage)
  if (!first?.messageId) return null
  const rows: [OutboxRow, ...OutboxRow[]] = [first, ...rest]
  const result = await send(deps, channel, rows, first.messageId)
  const outcome = outcomeOf(result, first.begunAt, deps.now())
  await recordOutcome(deps, { id: channel._id, name: channel.name }, rows, result, outcome)
  const failures = result.ok ? 0 : channel.dispatch.failures + 1
  const delayMs =
    outcome === 'retried' ? Math.max(retryDelayMs(failures, deps.random), (!result.ok && result.retryAfterMs) || 0) : groupIntervalMs
  await deps.channels.release(channel._id, channel.dispatch.leaseId ?? '', {
    nextSendAt: new Date(deps.now().getTime() + delayMs),
    failures,
    problem: result.ok ? null : result.permanent ? { at: deps.now(), code: result.code, message: result.message } : undefined,
  })
  return { sent: 0, retried: 0, dead: 0, [outcome]: rows.length }
}

/** Gives up what waits for a channel that is gone or off. */
const abandon = async (deps: DispatchDeps, id: string): Promise<number> => {
  const rows = await deps.outbox.waitingFor(id, rowsPerMessage)
  const [first] = rows
  if (!first) return 0
  await recordOutcome(deps, { id, name: first.channelName }, rows, channelOff, 'dead')
  return rows.length + (await abandon(deps, id))
}

/** Sends what is due to one channel, unless another process does. */
const dispatchChannel = async (deps: DispatchDeps, channelId: string): Promise<DispatchResult> => {
  const none = { sent: 0, retried: 0, dead: 0 }
  const now = deps.now()
  const leaseId = deps.newId()
  const channel = await deps.channels.lease(channelId, { id: leaseId, now, until: new Date(now.getTime() + leaseMs) })
  if (!channel) return none
  try {
    const result = await sendNext(deps, channel)
    if (result) return result
  } catch (err) {
    deps.log.error({ run: 'delivery', channelId, err }, 'delivery failed')
  }
  await deps.channels.release(channelId, leaseId, {})
  return none
}

/** Fills the outbox and sends what is due, once per channel. Safe to call at any time, from any number of processes. */
export const dispatch = async (deps: DispatchDeps): Promise<DispatchResult> => {
  await fillOutbox(deps).catch((err: unknown) => deps.log.error({ run: 'dispatch', err }, 'the outbox could not be filled'))
  // The channels are read after what waits for them, so that none of it belongs to one made in between.
  const waiting = await deps.outbox.channelsWaiting()
  const active = new Set((await deps.channels.list()).flatMap((channel) => (channel.isActive ? [channel._id] : [])))
  for (const id of waiting.filter((channelId) => !active.has(channelId))) await abandon(deps, id)
  const results = await Promise.all(waiting.filter((id) => active.has(id)).map((id) => dispatchChannel(deps, id)))
  const sum = (name: keyof DispatchResult) => results.reduce((total, result) => total + result[name], 0)
  return { sent: sum('sent'), retried: sum('retried'), dead: sum('dead') }
}
