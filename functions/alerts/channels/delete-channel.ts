import { channelTarget } from '../../../shared/audit.ts'
import type { Actor } from '../../../shared/http/app-env.ts'
import { channelView } from './channel-view.ts'
import { type ChangeChannelDeps, noSuchChannel, requireChannel } from './require-channel.ts'

export const deleteChannel = async (deps: ChangeChannelDeps, actor: Actor, id: string): Promise<void> => {
  const doc = await requireChannel(deps, id)
  if (!(await deps.channels.remove(id))) throw noSuchChannel()
  await deps.audit.record({ actor, action: 'channel.delete', target: channelTarget(doc), before: channelView(doc), after: null })
}
