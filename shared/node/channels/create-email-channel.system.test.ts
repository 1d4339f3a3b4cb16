import type { Socket } from 'node:net'
import type { SMTPServerOptions } from 'smtp-server'
import { beforeAll, describe, expect, test } from 'vitest'
import { findFreePort } from '../../../deployment/testing/daemon.ts'
import { requireParts } from '../../../deployment/testing/real-part.ts'
import { aMessage, aNotice, makeCertificate } from './channels-under-test.ts'
import { createEmailChannel, type SmtpSettings } from './create-email-channel.ts'
import { password, startMailServer, startScript } from './mail-servers-under-test.ts'

/** Linux connects this to loopback, and it is not one of the names and addresses that are known to be this machine. */
const elsewhere = '0.0.0.0'
const never = new AbortController().signal
const message = aMessage(aNotice({ message: '250 calls wait' }))

const part = describe.runIf(requireParts('openssl'))
let certificate = { key: '', cert: '' }
beforeAll(() => {
  certificate = makeCertificate('mail.example')
})

const startMail = (options: SMTPServerOptions = {}) => startMailServer({ ...certificate, ...options })

const accept = (command: string) => {
  if (command === 'DATA') return '354 go on'
  return /^(EHLO|MAIL|RCPT)/.test(command) ? '250 ok' : undefined
}

const send = async (
  smtp: Partial<SmtpSettings> & { port: number },
  { to = ['ops@acme.example'], mail = message, signal = never, timeoutMs = 5000 } = {},
) => {
  const channel = createEmailChannel({
    smtp: { host: '127.0.0.1', from: 'alerts@jobtalk.example', ...smtp },
    to,
    appName: 'JobTalk',
    timeoutMs,
  })
  try {
    return await channel.send(mail, signal)
  } finally {
    channel.close()
  }
}
const closed = (socket: Socket | undefined) => socket?.closed || new Promise((resolve) => socket?.once('close', resolve))
const replyError = (responseCode: number) => Object.assign(new Error('secret reply'), { responseCode })

part('a mail', () => {
  test('goes to international domains as DNS has them', async () => {
    const [from, to] = ['alerts@jobtälk.example', ['ops@BÜCHER.example', 'lead@例え.テスト']]
    const { mails, port } = await startMail()
    expect(await send({ port, from }, { to })).toEqual({ ok: true, code: '250' })
    expect(mails[0]?.head).toContain('ops@xn--bcher-kva.example')
    // This server shows what it got in Unicode; the next shows what went over the wire.
    expect(mails[0]).toMatchObject({ from, to: ['ops@bücher.example', 'lead@例え.テスト'] })
    const commands: string[] = []
    const script = await startScript('220 ready', (command) => {
      commands.push(command)
      return accept(command)
    })
    await send({ port: script.port, from }, { to, timeoutMs: 600 })
    expect(commands.filter((command) => /^(MAIL|RCPT)/.test(command))).toEqual([
      expect.stringContaining('<alerts@xn--jobtlk-eua.example>'),
      'RCPT TO:<ops@xn--bcher-kva.example>',
      'RCPT TO:<lead@xn--r8jz45g.xn--zckzah>',
    ])
  })

  test('arrives at every recipient, over TLS and after a login, in plain text and HTML', async () => {
    const { mails, port, logins } = await startMail()
    const result = await send({ port, username: 'jobtalk', password }, { to: ['ops@acme.example', 'lead@acme.example'] })
    expect(result).toEqual({ ok: true, code: '250' })
    expect(logins).toEqual([password])
    expect(mails).toHaveLength(1)
    expect(mails[0]).toMatchObject({
      from: 'alerts@jobtalk.example',
      to: ['ops@acme.example', 'lead@acme.example'],
      secure: true,
      user: 'jobtalk',
    })
    const { head, raw } = mails[0] ?? { head: '', raw: '' }
    expect(head).toContain('\r\nSubject: [CRITICAL] Acme: 250 calls wait\r\n')
    expect(head).toMatch(/^From: JobTalk <alerts@jobtalk\.example>$/m)
    expect(head).toMatch(/^Auto-Submitted: auto-generated$/m)
    expect(raw).toContain('Content-Type: text/plain')
    expect(raw).toContain('Content-Type: text/html')
  })

  test('has an id made from the message, the same on every try', async () => {
    const { mails, port } = await startMail()
    await send({ port })
    await send({ port })
    expect(mails.map(({ head }) => head.match(/^Message-ID: (.*)$/im)?.[1])).toEqual([
      '<message-1@jobtalk.example>',
      '<message-1@jobtalk.example>',
    ])
  })

  test('of a resolution joins the thread of its firing, one about several alerts joins none', async () => {
    const { mails, port } = await startMail()
    await send({ port })
    await send({ port }, { mail: { ...aMessage(aNotice({ kind: 'resolved', resolvedAt: message.at })), id: 'message-2' } })
    await send({ port }, { mail: aMessage(aNotice(), aNotice({ alertId: 'alert-2' })) })
    const thread = mails.map(({ head }) => [head.match(/^References: (.*)$/m)?.[1], head.match(/^In-Reply-To: (.*)$/m)?.[1]])
    const root = '<alert-alert-1@jobtalk.example>'
    expect(thread).toEqual([
      [root, root],
      [root, root],
      [undefined, undefined],
    ])
  })

  test('has no header and no recipient that a name, a message or an address brought in', async () => {
    const { mails, port } = await startMail()
    const evil = 'x\r\nBcc: spy@evil.example\r\n\r\nbody'
    const mail = { ...aMessage(aNotice({ partnerName: evil, message: evil, alertId: evil })), id: evil }
    const result = await send({ port }, { mail, to: ['ops@acme.example', 'a@acme.example>\r\nRCPT TO:<spy@evil.example'] })
    expect(result).toMatchObject({ ok: false, permanent: true })
    await send({ port }, { mail })
    expect(mails).toHaveLength(2)
    for (const { to, head } of mails) {
      expect(to).toEqual(['ops@acme.example'])
      expect(head).not.toMatch(/^Bcc:/im)
      expect(head).toMatch(/^Subject: \[CRITICAL\] x Bcc: spy@evil\.example body: x /m)
    }
  })
})

part('a password', () => {
  test('is not sent to another machine that offers no TLS', async () => {
    const { mails, logins, port } = await startMail({ disabledCommands: ['STARTTLS'], allowInsecureAuth: true })
    const result = await send({ host: elsewhere, port, username: 'jobtalk', password })
    expect(result).toMatchObject({ ok: false, permanent: false, code: 'ETLS' })
    expect([logins, mails]).toEqual([[], []])
  })

  test('is not sent to another machine whose certificate is not trusted', async () => {
    const { mails, logins, port } = await startMail()
    const result = await send({ host: elsewhere, port, username: 'jobtalk', password })
    expect(result).toMatchObject({ ok: false, permanent: false })
    expect([logins, mails]).toEqual([[], []])
  })

  test('may be sent to a server on this machine that offers no TLS', async () => {
    const { mails, port } = await startMail({ disabledCommands: ['STARTTLS'], allowInsecureAuth: true })
    expect(await send({ port, username: 'jobtalk', password })).toEqual({ ok: true, code: '250' })
    expect(mails[0]).toMatchObject({ secure: false, user: 'jobtalk' })
  })

  test('that is wrong is refused for good and not shown', async () => {
    const { mails, port } = await startMail()
    const result = await send({ port, username: 'jobtalk', password: 'wrong password' })
    expect(result).toMatchObject({ ok: false, permanent: true, code: '535' })
    expect(JSON.stringify(result)).not.toMatch(/wrong password|secret reply/)
    expect(mails).toEqual([])
  })
})

part('what the server answers', () => {
  test('without a login, is plain where the server offers nothing', async () => {
    const { mails, port } = await startMail({ disabledCommands: ['STARTTLS', 'AUTH'] })
    expect(await send({ host: elsewhere, port })).toEqual({ ok: true, code: '250' })
    expect(mails[0]).toMatchObject({ secure: false })
  })

  test.each([
    [451, false],
    [452, false],
    [550, true],
    [554, true],
  ])('is %d to the content: for good is %s', async (code, permanent) => {
    const { port } = await startMail({
      onData: (stream, _session, callback) => void stream.resume().on('end', () => callback(replyError(code))),
    })
    const result = await send({ port })
    expect(result).toMatchObject({ ok: false, permanent, code: String(code), retryAfterMs: null })
    expect(JSON.stringify(result)).not.toContain('secret reply')
  })

  test.each([
    ['one may be taken later, so that it is tried again', { b: 450, c: 550 }, { permanent: false, code: '450' }],
    ['none that is left may be taken, so that it shows', { b: 550 }, { permanent: true, code: '550' }],
    ['all may be taken later', { a: 450, b: 450, c: 450 }, { permanent: false, code: '450' }],
    ['all are refused', { a: 550, b: 550, c: 550 }, { permanent: true, code: '550' }],
  ])('is no to some recipients: %s', async (_what, codes: Record<string, number>, expected) => {
    const { port, mails } = await startMail({
      onRcptTo: ({ address }, _session, callback) => {
        const code = codes[address.slice(0, 1)]
        callback(code === undefined ? null : replyError(code))
      },
    })
    const to = ['a@acme.example', 'b@acme.example', 'c@acme.example']
    expect(await send({ port }, { to })).toMatchObject({ ok: false, ...expected })
    const taken = to.filter((address) => codes[address.slice(0, 1)] === undefined)
    expect(mails.flatMap((mail) => mail.to)).toEqual(taken)
  })

  test.each([
    ['421 in the greeting', '421 busy', { permanent: false, code: '421' }],
    ['554 in the greeting', '554 no service', { permanent: true, code: '554' }],
    ['no SMTP', 'HTTP/1.1 400 Bad Request', { permanent: false }],
  ])('is %s', async (_what, greeting, expected) => {
    const { port } = await startScript(greeting, (_command, socket) => void socket.destroy())
    expect(await send({ port })).toMatchObject({ ok: false, ...expected })
  })
})

part('what goes wrong on the way', () => {
  test('may be tried again when nobody listens', async () => {
    expect(await send({ port: await findFreePort() })).toMatchObject({ ok: false, permanent: false, code: 'ECONNREFUSED' })
  })

  test('may be tried again when the connection breaks off in the middle of the content', async () => {
    const { port } = await startScript('220 ready', (command, socket) => {
      if (command === '.') socket.destroy()
      return accept(command)
    })
    expect(await send({ port })).toMatchObject({ ok: false, permanent: false, code: 'ECONNECTION' })
  })

  test('ends the connection of a server that says nothing', async () => {
    const { port, sockets } = await startScript('', () => undefined)
    expect(await send({ port }, { timeoutMs: 150 })).toMatchObject({ ok: false, permanent: false })
    await closed(sockets[0])
  })

  test('ends the connection of a server whose answer does not end', async () => {
    const { port, sockets } = await startScript('220 ready', (command, socket) => {
      const talk = () => void (socket.destroyed || socket.write('250-more\r\n', () => setTimeout(talk, 5)))
      if (command === '.') talk()
      return accept(command)
    })
    expect(await send({ port }, { timeoutMs: 900 })).toMatchObject({ ok: false, permanent: false, code: 'timeout' })
    await closed(sockets[0])
  })

  test('ends the connection on a stop', async () => {
    const stop = new AbortController()
    const { port, sockets } = await startScript('220 ready', () => void stop.abort())
    expect(await send({ port }, { signal: stop.signal, timeoutMs: 600_000 })).toMatchObject({
      ok: false,
      permanent: false,
      code: 'aborted',
    })
    await closed(sockets[0])
  })
})
