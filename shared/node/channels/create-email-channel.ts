import { BlockList, isIP } from 'node:net'
import { createTransport, type NodemailerError, type SMTPSentMessageInfo, type SMTPTransportOptions } from 'nodemailer'
import type { Channel, Message, SendResult } from '../../alert/channel.ts'
import { networkFailure, refuse, retryLater } from '../../alert/send-failure.ts'
import { asciiMailAddress } from '../../mail-address.ts'
import { renderEmail } from './render-email.ts'

/** How mail leaves: port 465 speaks TLS from the start, on others the server may offer it. `from` is a bare address, its domain maybe international, as those of `to`. */
export type SmtpSettings = { host: string; port: number; username?: string; password?: string; from: string }

type EmailChannelConfig = { smtp: SmtpSettings; to: readonly string[]; appName: string; timeoutMs?: number }

const implicitTlsPort = 465
const permanentCodes = ['EENVELOPE', 'EMESSAGE', 'EMAXRECIPIENTS', 'ECONFIG']

/**
 * Sends mail over SMTP. TLS is used wherever the server offers it, with its certificate checked; a password leaves this machine over TLS only.
 * A reply of 4xx may be tried again, 5xx is for good. `timeoutMs` (30 s) is for one message, each step of it may take a third.
 */
export const createEmailChannel = ({ smtp, to, appName, timeoutMs = 30_000 }: EmailChannelConfig): Channel => {
  const transport = createTransport(transportOptions(smtp, timeoutMs))
  const sender = asciiMailAddress(smtp.from) ?? smtp.from
  const domain = sender.slice(sender.lastIndexOf('@') + 1)
  return {
    send: async (message, signal) => {
      const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
      try {
        const info = await transport.sendMail({
          from: { name: appName, address: sender },
          to: to.map((address) => ({ name: '', address: asciiMailAddress(address) ?? address })),
          ...renderEmail(message, appName),
          ...threadOf(message, domain),
          date: message.at,
          headers: { 'Auto-Submitted': 'auto-generated' },
          signal: deadline,
        })
        return resultOf(info, to.length)
      } catch (error) {
        return failureOf(error as NodemailerError, deadline)
      }
    },
    close: () => transport.close(),
  }
}

const transportOptions = ({ host, port, username, password }: SmtpSettings, timeoutMs: number): SMTPTransportOptions => {
  const stepTimeoutMs = timeoutMs / 3
  const auth = username === undefined ? undefined : { user: username, pass: password ?? '' }
  return {
    host,
    port,
    secure: port === implicitTlsPort,
    requireTLS: auth !== undefined && !isLoopback(host),
    // A mail server on this machine has a certificate of its own making, and nobody is in between.
    tls: { rejectUnauthorized: !isLoopback(host) },
    auth,
    connectionTimeout: stepTimeoutMs,
    greetingTimeout: stepTimeoutMs,
    dnsTimeout: stepTimeoutMs,
    socketTimeout: stepTimeoutMs,
    socketCloseTimeout: 0,
  }
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

const isLoopback = (host: string): boolean =>
  host === 'localhost' || (isIP(host) !== 0 && loopback.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4'))

/**
 * All mails about one alert refer to an id made from the alert's, so that they form one thread in whatever order they come.
 * One about several alerts belongs to no thread: it would join theirs into one.
 */
const threadOf = ({ id, notices }: Message, domain: string) => {
  const root = `<alert-${notices[0].alertId}@${domain}>`
  return { messageId: `<${id}@${domain}>`, ...(notices.length === 1 && { inReplyTo: root, references: root }) }
}

/**
 * Taken for some recipients only: tried again while one may still be accepted (the others get the same Message-ID again);
 * refused for good when none may, so that a dead address is seen although the others have the mail.
 */
const resultOf = ({ rejected, rejectedErrors, response }: SMTPSentMessageInfo, count: number): SendResult => {
  if (rejected.length === 0) return { ok: true, code: response.slice(0, 3) }
  const errors = rejectedErrors ?? []
  const temporary = errors.find((error) => error.permanent === false)
  const code = String((temporary ?? errors[0])?.responseCode ?? 'EENVELOPE')
  const message = `The mail server refused ${rejected.length} of ${count} recipients (${code}).`
  return temporary ? retryLater(code, message) : refuse(code, message)
}

const failureOf = (error: NodemailerError, signal: AbortSignal): SendResult => {
  const { code = 'network', responseCode, permanent } = error
  if (signal.aborted) return networkFailure(error, signal)
  if (code === 'ETLS') return retryLater(code, 'The mail server did not offer TLS that can be trusted.')
  if (responseCode !== undefined) {
    const reply = String(responseCode)
    return permanent
      ? refuse(reply, `The mail server refused the message (${reply}).`)
      : retryLater(reply, `The mail server answered ${reply}.`)
  }
  return permanentCodes.includes(code) ? refuse(code, `The message cannot be sent (${code}).`) : networkFailure(error, signal)
}
