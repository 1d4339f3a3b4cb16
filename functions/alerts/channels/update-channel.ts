import { openConfig, sealConfig, withoutSecrets } from '../../../shared/alert/channel-secrets.ts'
import { channelTarget } from '../../../shared/audit.ts'
import { AppError } from '../../../shared/errors.ts'
import type { Actor } from '../../../shared/http/app-env.ts'
import { nameKey } from '../../../shared/name-key.ts'
import type { AlertChannelDoc, ChannelConfig } from '../../../shared/node/mongo/alerts/alert-channels.ts'
import { SealError, type Sealer } from '../../../shared/sealer.ts'
import { channelView } from './channel-view.ts'
import { type ChangeChannelDeps, nameTaken, requireChannel } from './require-channel.ts'
import { type ChannelPatch, channelConfig } from './schema.ts'

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
  const before = await requireChannel(deps, id)
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
    target: channelTarget(after),
    before: channelView(before),
    after: channelView(after),
  })
  return channelView(after)
}
