import { sealConfig } from '../../../shared/alert/channel-secrets.ts'
import { channelTarget } from '../../../shared/audit.ts'
import { invalidField } from '../../../shared/errors.ts'
import type { Actor } from '../../../shared/http/app-env.ts'
import { nameKey } from '../../../shared/name-key.ts'
import type { AlertChannelDoc, ChannelConfig } from '../../../shared/node/mongo/alerts/alert-channels.ts'
import { channelView } from './channel-view.ts'
import { type ChangeChannelDeps, nameTaken } from './require-channel.ts'
import type { NewChannel } from './schema.ts'

const free = new Date(0)

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
  await deps.audit.record({ actor, action: 'channel.create', target: channelTarget(doc), before: null, after: channelView(doc) })
  return channelView(doc)
}
