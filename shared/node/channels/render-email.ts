import type { Message, Notice } from '../../alert/channel.ts'
import { detailsOf, isOver, shorten, summaryOf, titleOf } from './describe-notice.ts'

const subjectLimit = 200
const colors = { CRITICAL: '#b91c1c', HIGH: '#c2410c', MEDIUM: '#a16207' } as const
const overColor = '#15803d'
const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** A message as an email's subject (one line), plain text and HTML. Both bodies say the same. */
export const renderEmail = (message: Message, appName: string): { subject: string; text: string; html: string } => ({
  subject: shorten(summaryOf(message), subjectLimit),
  text: [...message.notices.map(textOf), `-- \n${appName}\n`].join('\n\n'),
  html: `<!doctype html><html><body style="font-family:sans-serif">${message.notices.map(htmlOf).join('')}<p>${escapeHtml(appName)}</p></body></html>`,
})

const textOf = (notice: Notice): string => [titleOf(notice), ...detailsOf(notice).map(([label, value]) => `${label}: ${value}`)].join('\n')

const htmlOf = (notice: Notice): string => {
  const color = isOver(notice) ? overColor : colors[notice.level]
  const rows = detailsOf(notice).map(([label, value]) => `<br>${label}: ${escapeHtml(value)}`)
  return `<p style="border-left:4px solid ${color};padding-left:12px"><strong>${escapeHtml(titleOf(notice))}</strong>${rows.join('')}</p>`
}

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign)
