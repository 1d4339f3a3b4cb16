import type { Channel } from '../../alert/channel.ts'
import { openConfig } from '../../alert/channel-secrets.ts'
import type { Sealer } from '../../sealer.ts'
import type { Config } from '../config.ts'
import type { AlertChannelDoc } from '../mongo/alerts/alert-channels.ts'
import { createEmailChannel } from './create-email-channel.ts'
import type { Post } from './create-guarded-post.ts'
import { createPagerdutyChannel } from './create-pagerduty-channel.ts'
import { createSlackChannel } from './create-slack-channel.ts'
import { createWebhookChannel } from './create-webhook-channel.ts'

/** The mail server of the configuration; `null`: none is configured. */
const smtpOf = (config: Config) =>
  config.SMTP_HOST && config.SMTP_FROM_EMAIL
    ? {
        host: config.SMTP_HOST,
        port: config.SMTP_PORT,
        from: config.SMTP_FROM_EMAIL,
        ...(config.SMTP_USERNAME && { username: config.SMTP_USERNAME }),
        ...(config.SMTP_PASSWORD && { password: config.SMTP_PASSWORD }),
      }
    : null

const withoutMail: Channel = {
  send: async () => ({
    ok: false,
    permanent: true,
    code: 'no-smtp',
    message: 'SMTP_HOST and SMTP_FROM_EMAIL are not configured.',
    retryAfterMs: null,
  }),
  close: () => {},
}

/** Returns what opens a channel's secrets and builds what sends to it. */
export const channelOpener = (config: Config, deps: { sealer: Sealer; post: Post; now: () => Date }) => {
  const { sealer, post, now } = deps
  const smtp = smtpOf(config)
  return (channel: AlertChannelDoc): Channel => {
    const opened = openConfig(sealer, channel._id, channel.config)
    switch (opened.type) {
      case 'email':
        return smtp ? createEmailChannel({ smtp, to: opened.to, appName: config.APP_NAME }) : withoutMail
      case 'slack':
        return createSlackChannel(opened, post)
      case 'webhook':
        return createWebhookChannel(opened, { post, now })
      case 'pagerduty':
        return createPagerdutyChannel(opened, post)
    }
  }
}
