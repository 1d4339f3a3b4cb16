import type { Channel, Message, Notice } from '../../alert/channel.ts'
import type { Post } from './create-guarded-post.ts'
import { detailsOf, isOver, shorten, summaryOf, titleOf } from './describe-notice.ts'

/** https://docs.slack.dev/reference/block-kit/blocks: blocks in a message, characters in a section. */
const blockLimit = 50
const textLimit = 3000

const signs = { CRITICAL: '🔴', HIGH: '🟠', MEDIUM: '🟡' } as const
const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/** Posts to a Slack incoming webhook: one section per alert, and a line of text for notifications. */
export const createSlackChannel = ({ url }: { url: string }, post: Post): Channel => ({
  send: (message, signal) => post({ url, headers: { 'content-type': 'application/json' }, body: JSON.stringify(bodyOf(message)) }, signal),
  close: () => {},
})

const bodyOf = (message: Message) => {
  const summary = shortenEscaped(escapeMrkdwn(summaryOf(message)), textLimit)
  const room = blockLimit - 2
  const left = message.notices.length - room
  return {
    text: summary,
    unfurl_links: false,
    blocks: [
      ...(message.notices.length > 1 ? [section(`*${summary}*`)] : []),
      ...message.notices.slice(0, room).map((notice) => section(describe(notice))),
      ...(left > 0 ? [section(`… and ${left} more`)] : []),
    ],
  }
}

const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text: shortenEscaped(text, textLimit), verbatim: true } })

const describe = (notice: Notice): string => {
  const sign = isOver(notice) ? '✅' : signs[notice.level]
  const details = detailsOf(notice).map(([label, value]) => `${label}: ${escapeMrkdwn(value)}`)
  return [`${sign} *${escapeMrkdwn(titleOf(notice))}*`, ...details].join('\n')
}

/** https://docs.slack.dev/messaging/formatting-message-text/#escaping */
const escapeMrkdwn = (text: string): string => text.replace(/[&<>]/g, (sign) => entities[sign] ?? sign)

const shortenEscaped = (text: string, limit: number): string => shorten(text, limit).replace(/&[a-z]*…$/, '…')
