import type { Channel } from '../../../shared/alert/channel.ts'
import { openConfig, sealConfig, withoutSecrets } from '../../../shared/alert/channel-secrets.ts'
import { AppError, invalidField } from '../../../shared/errors.ts'
import type { Actor } from '../../../shared/http/app-env.ts'
import { nameKey } from '../../../shared/name-key.ts'
import type { AuditLog } from '../../../shared/node/mongo/access/audit-log.ts'
import type { AlertChannelDoc, AlertChannelStore, ChannelConfig } from '../../../shared/node/mongo/alerts/alert-channels.ts'
import { SealError, type Sealer } from '../../../shared/sealer.ts'
import { channelView } from './channel-view.ts'
import { type ChannelPatch, channelConfig, type NewChannel } from './schema.ts'

export type ChangeChannelDeps = {
  channels: AlertChannelStore
  sealer: Sealer
  audit: Pick<AuditLog, 'record'>
  openChannel: (channel: AlertChannelDoc) => Channel
  /** A mail server is configured. */
  hasMail: boolean
  newId: () => string
  now: () => Date
}

const free = new Date(0)
const notFound = () => new AppError('not_found', 'There is no such channel.')
const nameTaken = (name: string) => {
  const message = `A channel named ${name} exists already.`
  return new AppError('conflict', message, { issues: [{ path: 'name', message }] })
}
const targetOf = ({ _id, name }: AlertChannelDoc) => ({ collection: 'alert_channels', id: _id, name })

export const createChannel = async (deps: ChangeChannelDeps, actor: Actor, input: NewChannel) => {
  const { type, config, name, ...rest } = input
  if (type === 'email' && !deps.hasMail) throw invalidField('type', 'email needs SMTP_HOST and SMTP_FROM_EMAIL in the configuration')
  const now = deps.now()
  const id = deps.newId()
  const doc: AlertChannelDoc = {
    _id: id,
    name,
    nameKey: nameKey(name),
    ...rest,
    config: sealConfig(deps.sealer, id, { type, ...config } as ChannelConfig),
    problem: null,
    dispatch: { leasedUntil: free, leaseId: null, nextSendAt: free, failures: 0 },
    version: 1,
    createdAt: now,
    updatedAt: now,
  }
  if (!(await deps.channels.insert(doc))) throw nameTaken(name)
  await deps.audit.record({ actor, action: 'channel.create', target: targetOf(doc), before: null, after: channelView(doc) })
  return channelView(doc)
}

/** Secrets under a key that is gone are left out: a change must send them again. */
const readConfig = (sealer: Sealer, doc: AlertChannelDoc): Record<string, unknown> => {
  try {
    return openConfig(sealer, doc._id, doc.config)
  } catch (error) {
    if (error instanceof SealError) return withoutSecrets(doc.config)
    throw error
  }
}

const mergeConfig = (deps: ChangeChannelDeps, doc: AlertChannelDoc, patch: Record<string, unknown>): ChannelConfig => {
  const { type } = doc.config
  const { type: _, ...current } = readConfig(deps.sealer, doc)
  const parsed = channelConfig[type].safeParse({ ...current, ...patch })
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => ({ path: ['config', ...issue.path].join('.'), message: issue.message }))
    throw new AppError('invalid', `${issues[0]?.path}: ${issues[0]?.message}`, { issues })
  }
  return sealConfig(deps.sealer, doc._id, { type, ...parsed.data } as ChannelConfig)
}

export const updateChannel = async (deps: ChangeChannelDeps, actor: Actor, id: string, patch: ChannelPatch) => {
  const before = await deps.channels.find(id)
  if (!before) throw notFound()
  const { version, config, ...fields } = patch
  const changes = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<AlertChannelDoc>
  const set: Partial<AlertChannelDoc> = {
    ...changes,
    ...(fields.name !== undefined && { nameKey: nameKey(fields.name) }),
    ...(config && { config: mergeConfig(deps, before, config), problem: null }),
    updatedAt: deps.now(),
  }
  const written = await deps.channels.update(id, version, set)
  if (written === 'conflict') throw nameTaken(fields.name ?? before.name)
  if (written === 'stale')
    throw new AppError('conflict', 'The channel was changed since you read it: read it again and repeat your change.')
  const after: AlertChannelDoc = { ...before, ...set, version: version + 1 }
  await deps.audit.record({
    actor,
    action: 'channel.update',
    target: targetOf(after),
    before: channelView(before),
    after: channelView(after),
  })
  return channelView(after)
}

export const deleteChannel = async (deps: ChangeChannelDeps, actor: Actor, id: string): Promise<void> => {
  const doc = await deps.channels.find(id)
  if (!doc || !(await deps.channels.remove(id))) throw notFound()
  await deps.audit.record({ actor, action: 'channel.delete', target: targetOf(doc), before: channelView(doc), after: null })
}

/** Sends a real message to a channel, past the outbox, and says what the provider answered: its code, never its body. */
export const testChannel = async (deps: ChangeChannelDeps, actor: Actor, id: string, signal: AbortSignal) => {
  const doc = await deps.channels.find(id)
  if (!doc) throw notFound()
  const at = deps.now()
  let opened: Channel
  try {
    opened = deps.openChannel(doc)
  } catch (error) {
    if (error instanceof SealError) return { ok: false, code: 'secret', message: 'The stored secrets do not open: send them again.' }
    throw error
  }
  const messageId = deps.newId()
  const message = `This is a test of the channel ${doc.name}, sent by ${actor.name}.`
  const notice = {
    alertId: messageId,
    kind: 'fired-and-resolved',
    level: 'MEDIUM',
    ruleId: 'test',
    partnerId: null,
    partnerName: 'Test',
    message,
  } as const
  try {
    const result = await opened.send({ id: messageId, at, notices: [{ ...notice, firedAt: at, resolvedAt: at, note: null }] }, signal)
    return { ok: result.ok, code: result.code, message: result.ok ? 'The provider accepted the message.' : result.message }
  } finally {
    opened.close()
  }
}
