import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { programPath } from '../../../deployment/testing/real-part.ts'
import type { Message, Notice, SendResult } from '../../alert/channel.ts'
import type { Post } from './create-guarded-post.ts'

export const aNotice = (fields: Partial<Notice> = {}): Notice => ({
  alertId: 'alert-1',
  kind: 'fired',
  level: 'CRITICAL',
  ruleId: 'queue-high-utilization-low',
  partnerId: 'partner-1',
  partnerName: 'Acme',
  message: '250 calls wait while only 10 % of the capacity is used',
  firedAt: new Date('2026-03-01T12:00:00Z'),
  resolvedAt: null,
  note: null,
  ...fields,
})

export const aMessage = (...notices: Notice[]): Message => {
  const [first, ...others] = notices
  return { id: 'message-1', at: new Date('2026-03-01T12:00:05Z'), notices: [first ?? aNotice(), ...others] }
}

/** A post that keeps what it was given and answers with `results` in turn, then with 200. */
export const recordingPost = (...results: SendResult[]) => {
  const requests: { url: string; headers: Record<string, string>; body: string; json: unknown }[] = []
  const post: Post = async (request) => {
    requests.push({ ...request, json: JSON.parse(request.body) })
    return results.shift() ?? { ok: true, code: '200' }
  }
  return { post, requests }
}

type Received = { method: string; path: string; headers: IncomingHttpHeaders; body: string }

/** An HTTP listener on loopback that keeps whole requests and the connections that were made. Ends with the test. */
export const startListener = async (answer: (response: ServerResponse, request: IncomingMessage) => void) => {
  const received: Received[] = []
  const sockets: Socket[] = []
  const server = createServer(async (request, response) => {
    const chunks = await request.toArray()
    received.push({
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
    })
    answer(response, request)
  })
  server.on('connection', (socket) => sockets.push(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  onTestFinished(async () => {
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  })
  return { url: `http://127.0.0.1:${port}/hook`, port, received, sockets }
}

/** A key and a certificate of its own making for a host name, made with openssl. */
export const makeCertificate = (name: string): { key: string; cert: string } => {
  const folder = mkdtempSync(join(tmpdir(), 'certificate-'))
  const [keyPath, certPath] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const make = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc', '-days', '1']
  const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`]
  execFileSync(programPath('openssl'), [...make, ...subject, '-keyout', keyPath, '-out', certPath], { stdio: 'ignore' })
  const certificate = { key: readFileSync(keyPath, 'utf8'), cert: readFileSync(certPath, 'utf8') }
  rmSync(folder, { recursive: true })
  return certificate
}
