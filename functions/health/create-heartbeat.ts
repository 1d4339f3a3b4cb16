import type { Log } from '../../shared/log.ts'
import type { Post } from '../../shared/node/channels/create-guarded-post.ts'
import type { Settings } from '../../shared/settings.ts'
import type { Health } from './schema.ts'

export type HeartbeatDeps = {
  settings: { read: () => Promise<Settings> }
  checkHealth: () => Promise<Health>
  post: Post
  now: () => Date
  log: Log
}

/** `lastTakenAt`: when the receiver last took one; `code`: what became of the last one, a status or the kind of failure. */
export type HeartbeatState = { ok: boolean; lastTakenAt: Date | null; code: string }

export type Heartbeat = {
  /** Tells the receiver how the service is. Does not throw. */
  send: () => Promise<void>
  /** `null`: none was sent, or none is wanted. */
  state: () => HeartbeatState | null
}

const timeoutMs = 15_000
const parts = ['database', 'writes', 'sweep', 'captures', 'eventLoop', 'clock', 'outbox'] as const

/** The URL to which a failure is told: https://healthchecks.io/docs/signaling_failures/ */
const failUrl = (url: string): string => {
  const target = new URL(url)
  target.pathname = `${target.pathname.replace(/\/$/, '')}/fail`
  return target.href
}

const bodyOf = (health: Health): string => {
  const faults = parts.filter((part) => health[part]?.ok === false)
  return [health.status, ...faults].join(' ')
}

/** A sign of life that leaves the house, so that its absence is noticed elsewhere. It is good only while the service is healthy. */
export const createHeartbeat = (deps: HeartbeatDeps): Heartbeat => {
  let url: string | null = null
  let state: HeartbeatState | null = null

  const readUrl = async () => {
    try {
      url = (await deps.settings.read()).heartbeatUrl
    } catch {
      // Without the database, the address that it last told is where the failure has to go.
    }
    return url
  }

  const sendTo = async (to: string) => {
    const health = await deps.checkHealth()
    // Before its first look at itself, the process does not know how it is.
    if (health.writes === null && health.status === 'healthy') return
    const result = await deps.post(
      { url: health.status === 'healthy' ? to : failUrl(to), headers: { 'Content-Type': 'text/plain' }, body: bodyOf(health) },
      AbortSignal.timeout(timeoutMs),
    )
    if (!result.ok && state?.ok !== false) deps.log.warn({ run: 'heartbeat', code: result.code }, 'the heartbeat was not taken')
    state = { ok: result.ok, lastTakenAt: result.ok ? deps.now() : (state?.lastTakenAt ?? null), code: result.code }
  }

  return {
    send: async () => {
      const before = url
      const to = await readUrl()
      if (to !== before) state = null
      if (to) await sendTo(to)
    },
    state: () => state,
  }
}
