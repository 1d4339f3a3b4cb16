import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { onTestFinished } from 'vitest'

export const password = 'correct horse'

type Mail = { from: string; to: string[]; secure: boolean; user: string | undefined; raw: string; head: string }

/** An SMTP server on loopback with TLS and AUTH that keeps the mails and the passwords it is given. Only `password` is right. Ends with the test. */
export const startMailServer = async (options: SMTPServerOptions) => {
  const mails: Mail[] = []
  const logins: string[] = []
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    closeTimeout: 0,
    onAuth: (auth, _session, callback) => {
      logins.push(auth.password ?? '')
      if (auth.password === password) callback(null, { user: auth.username })
      else callback(new Error('secret reply'))
    },
    onData: async (stream, session, callback) => {
      const raw = Buffer.concat(await stream.toArray()).toString()
      const from = session.envelope.mailFrom ? session.envelope.mailFrom.address : ''
      const head = raw.slice(0, raw.indexOf('\r\n\r\n')).replace(/\r\n[ \t]+/g, ' ')
      mails.push({ from, to: session.envelope.rcptTo.map(({ address }) => address), secure: session.secure, user: session.user, raw, head })
      callback()
    },
    ...options,
  })
  server.on('error', () => {})
  const listening = server.listen(0, '127.0.0.1')
  await once(listening, 'listening')
  onTestFinished(() => new Promise<void>((resolve) => server.close(resolve)))
  return { mails, logins, port: (listening.address() as AddressInfo).port }
}

/** A listener that writes `greeting`, then what `answer` gives for each line. Ends with the test. */
export const startScript = async (greeting: string, answer: (command: string, socket: Socket) => string | undefined) => {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    if (greeting) socket.write(`${greeting}\r\n`)
    socket.on('data', (chunk) => {
      for (const command of chunk.toString().split('\r\n').filter(Boolean)) {
        const line = answer(command, socket)
        if (line && !socket.destroyed) socket.write(`${line}\r\n`)
      }
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy()
    server.close()
    await once(server, 'close')
  })
  return { sockets, port: (server.address() as AddressInfo).port }
}
