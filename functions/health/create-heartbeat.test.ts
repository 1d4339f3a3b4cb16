import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createGuardedPost } from '../../shared/node/channels/create-guarded-post.ts'
import { createLog } from '../../shared/node/log.ts'
import { Settings } from '../../shared/settings.ts'
import { createHeartbeat, type Heartbeat } from './create-heartbeat.ts'
import type { Health } from './schema.ts'

const at = new Date('2026-03-02T12:00:00Z')
const healthy: Health = {
  ...{ status: 'healthy', version: '1.0.0', revision: null, uptimeSeconds: 60 },
  database: { ok: true, engine: 'embedded', ms: 1 },
  writes: { ok: true, lastOkAt: at.toISOString() },
  sweep: { ok: true, lastSweepAt: at.toISOString(), inFlight: 0 },
  captures: { ok: true, active: 1, late: 0 },
  eventLoop: { ok: true, p99Ms: 1, maxMs: 1 },
  clock: { ok: true, jumpSeconds: 0 },
  outbox: { ok: true, depth: 0, oldestAgeSeconds: 0 },
  heartbeat: null,
}

let receiver: Server
let received: string[]
let world: { status: number; health: Health; url: string | null; databaseAnswers: boolean }
let heartbeat: Heartbeat
beforeEach(async () => {
  received = []
  receiver = createServer((request, answer) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      received.push(`${request.method} ${request.url} ${body}`)
      answer.writeHead(world.status).end()
    })
  }).listen(0, '127.0.0.1')
  await once(receiver, 'listening')
  const { port } = receiver.address() as AddressInfo
  world = { status: 200, health: healthy, url: `http://127.0.0.1:${port}/ping/7f3a?rid=1`, databaseAnswers: true }
  const now = () => at
  heartbeat = createHeartbeat({
    settings: {
      read: async () => {
        if (!world.databaseAnswers) throw new Error('no primary')
        return { ...Settings.parse({}), heartbeatUrl: world.url }
      },
    },
    checkHealth: async () => world.health,
    post: createGuardedPost({ allowPrivate: true, now }),
    now,
    log: createLog({ level: 'silent' }),
  })
})
afterEach(() => {
  receiver.closeAllConnections()
  receiver.close()
})

test('is sent while the service is healthy, and says when it was taken', async () => {
  expect(heartbeat.state()).toBeNull()
  await heartbeat.send()
  expect(received).toEqual(['POST /ping/7f3a?rid=1 healthy'])
  expect(heartbeat.state()).toEqual({ ok: true, lastTakenAt: at, code: '200' })
})

test.each(['degraded', 'unhealthy'] as const)('tells a failure with what is wrong while the service is %s', async (status) => {
  world.health = { ...healthy, status, clock: { ok: false, jumpSeconds: 90 } }
  await heartbeat.send()
  expect(received).toEqual([`POST /ping/7f3a/fail?rid=1 ${status} clock`])
})

test('tells a failure to the last known address when the database is away', async () => {
  await heartbeat.send()
  world = {
    ...world,
    databaseAnswers: false,
    health: { ...healthy, status: 'unhealthy', database: { ok: false, engine: 'embedded', ms: 3000 } },
  }
  await heartbeat.send()
  expect(received.at(-1)).toBe('POST /ping/7f3a/fail?rid=1 unhealthy database')
})

test('is not sent before the process has looked at itself, nor where none is wanted', async () => {
  world.health = { ...healthy, writes: null }
  await heartbeat.send()
  world = { ...world, health: healthy, url: null }
  await heartbeat.send()
  expect(received).toEqual([])
  expect(heartbeat.state()).toBeNull()
})

test('one that is refused shows, with the time of the last that was taken', async () => {
  await heartbeat.send()
  world.status = 404
  await heartbeat.send()
  expect(heartbeat.state()).toEqual({ ok: false, lastTakenAt: at, code: '404' })
})
