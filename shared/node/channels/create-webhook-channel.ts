import { Webhook } from 'standardwebhooks'
import type { Channel, Message, Notice } from '../../alert/channel.ts'
import { encodedSecretPrefix } from '../../alert/is-webhook-secret.ts'
import type { Post } from './create-guarded-post.ts'

/**
 * Posts JSON in the Standard Webhooks form: `webhook-id` is the message's id, the same on every try; `webhook-timestamp` is the time of the
 * try, so that a late one is not taken for a replay; `webhook-signature` is over id, timestamp and body. The key is what a `whsec_` secret
 * encodes, else the UTF-8 bytes of the text. The body, with times in ISO 8601:
 *
 *     { "id", "type": "alert.fired", "at", "alerts": [ { "id", "type", "level", "ruleId", "partnerId", "partnerName", "message", "firedAt",
 *       "resolvedAt", "note" } ] }
 *
 * `type` is `alert.` and the notice's kind; over several alerts it is `alerts`, and each says its own.
 * @throws Error when the secret cannot sign
 */
export const createWebhookChannel = ({ url, secret }: { url: string; secret: string }, deps: { post: Post; now: () => Date }): Channel => {
  const webhook = new Webhook(secret.startsWith(encodedSecretPrefix) ? secret : Buffer.from(secret).toString('base64'))
  return {
    send: (message, signal) => {
      const body = JSON.stringify(bodyOf(message))
      const triedAt = deps.now()
      const headers = {
        'content-type': 'application/json',
        'webhook-id': message.id,
        'webhook-timestamp': String(Math.floor(triedAt.getTime() / 1000)),
        'webhook-signature': webhook.sign(message.id, triedAt, body),
      }
      return deps.post({ url, headers, body }, signal)
    },
    close: () => {},
  }
}

const typeOf = (notice: Notice) => `alert.${notice.kind}`

const bodyOf = ({ id, at, notices }: Message) => ({
  id,
  type: notices.length === 1 ? typeOf(notices[0]) : 'alerts',
  at,
  alerts: notices.map((notice) => ({
    id: notice.alertId,
    type: typeOf(notice),
    level: notice.level,
    ruleId: notice.ruleId,
    partnerId: notice.partnerId,
    partnerName: notice.partnerName,
    message: notice.message,
    firedAt: notice.firedAt,
    resolvedAt: notice.resolvedAt,
    note: notice.note,
  })),
})
