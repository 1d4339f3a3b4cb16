import { openConfig } from '../functions/alerts/channel-config.ts'
import type { Channel } from '../shared/channels/channel.ts'
import type { Config } from '../shared/config.ts'
import type { Sealer } from '../shared/crypto/sealer.ts'
import type { AlertChannelDoc } from '../shared/mongo/alert-channels.ts'

/** Opens a channel's secrets and builds what sends to it. */
export const channelOpener =
  (_config: Config, sealer: Sealer) =>
  (channel: AlertChannelDoc): Channel => {
    openConfig(sealer, channel._id, channel.config)
    throw new Error('not built yet')
  }
