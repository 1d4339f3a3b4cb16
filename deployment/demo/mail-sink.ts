import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { SMTPServer } from 'smtp-server'

type MailSink = {
  port: number
  /** The subjects of what arrived, newest last. */
  subjects: () => readonly string[]
  stop: () => Promise<void>
}

const decodeSubject = (encoded: string) =>
  encoded.replace(/=\?utf-8\?(q|b)\?(.*?)\?=\s*/gi, (_, encoding: string, data: string) =>
    encoding.toLowerCase() === 'b'
      ? Buffer.from(data, 'base64').toString('utf8')
      : Buffer.from(
          data.replaceAll('_', ' ').replace(/=([0-9A-F]{2})/gi, (__, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
          'latin1',
        ).toString('utf8'),
  )

/** A mail server on loopback that accepts everything and keeps the subjects. */
export const startMailSink = async (): Promise<MailSink> => {
  const subjects: string[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData: (stream, _session, done) => {
      text(stream).then((mail) => {
        const subject = mail.replace(/\r\n[ \t]+/g, ' ').match(/^subject: (.*)$/im)?.[1]
        subjects.push(decodeSubject(subject ?? '(no subject)'))
        done()
      }, done)
    },
  })
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  return {
    port: (server.server.address() as AddressInfo).port,
    subjects: () => subjects,
    stop: () => new Promise((resolve) => server.close(resolve)),
  }
}
