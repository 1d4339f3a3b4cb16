import { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { z } from 'zod'
import { AppError, invalidField } from '../errors.ts'
import { createLog } from '../node/log.ts'
import type { AppEnv } from './app-env.ts'
import { json } from './contract.ts'
import { createApp, type Peer } from './create-app.ts'

export const proxy: Peer = { address: '10.0.0.1', trusted: true }
const stranger: Peer = { address: '203.0.113.7', trusted: false }

const routes = new Hono<AppEnv>()
  .get('/fine', (c) => c.json({ client: c.get('clientAddress'), secure: c.get('secure') }))
  .get('/conflict', () => {
    throw new AppError('conflict', 'It exists already.', { cause: new Error('E11000 internals') })
  })
  .get('/slow-down', () => {
    throw new AppError('too_many_requests', 'Wait.', { retryAfterSeconds: 30 })
  })
  .get('/field', () => {
    throw invalidField('ssh.host', 'is required')
  })
  .get('/http-exception', () => {
    throw new HTTPException(403, { message: 'Not you.' })
  })
  .get('/teapot', () => {
    throw new HTTPException(418, { message: 'internals of a library' })
  })
  .get('/bug', () => {
    throw new TypeError('cannot read internals of undefined')
  })
  .post('/json', json(z.strictObject({ name: z.string(), nested: z.strictObject({ size: z.int() }).optional() })), (c) =>
    c.json(c.req.valid('json')),
  )
  .on('POST', ['/length', '/large'], async (c) => c.json({ length: (await c.req.text()).length }))

/** `createApp` with routes that answer and fail in every way; `peer` is who calls, by default a stranger. */
export const openApp = (options: { peer?: Peer; corsOrigins?: string[] } = {}) => {
  const lines: string[] = []
  const log = createLog({ level: 'info', destination: { write: (line) => lines.push(line) } })
  let made = 0
  let ms = 0
  const app = createApp(
    {
      log,
      corsOrigins: options.corsOrigins ?? [],
      newId: () => `made-${++made}`,
      peer: () => options.peer ?? stranger,
      monotonicMs: () => {
        ms += 7
        return ms
      },
    },
    { '/large': 2_097_152 },
  )
  app.route('/', routes)
  return { request: app.request, logged: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>), lines }
}
