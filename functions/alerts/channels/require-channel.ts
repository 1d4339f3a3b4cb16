import type { Channel } from '../../../shared/alert/channel.ts'
import { AppError } from '../../../shared/errors.ts'
import type { AuditLog } from '../../../shared/node/mongo/access/audit-log.ts'
import type { AlertChannelDoc, AlertChannelStore } from '../../../shared/node/mongo/alerts/alert-channels.ts'
import type { Sealer } from '../../../shared/sealer.ts'

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

export const noSuchChannel = () => new AppError('not_found', 'There is no such channel.')
export const nameTaken = (name: string) => {
  const message = `A channel named ${name} exists already.`
  return new AppError('conflict', message, { issues: [{ path: 'name', message }] })
}

/** The channel with this id. @throws AppError `not_found` */
export const requireChannel = async (deps: Pick<ChangeChannelDeps, 'channels'>, id: string): Promise<AlertChannelDoc> => {
  const channel = await deps.channels.find(id)
  if (!channel) throw noSuchChannel()
  return channel
}
