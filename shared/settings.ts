import { z } from 'zod'
import { everywhere } from './reach/reach-target.ts'

const whole = (min: number, max: number, fallback: number) =>
  z.int('must be a whole number').min(min, `must be at least ${min}`).max(max, `must be at most ${max}`).default(fallback)

/** The operational values, their bounds and what they are unless changed. Seconds, milliseconds and days as each name says. */
export const Settings = z
  .strictObject({
    captureIntervalSeconds: whole(5, 3600, 60),
    concurrentPartnerLimit: whole(1, 200, 20),
    sshConnectTimeoutMs: whole(100, 60_000, 10_000),
    sshAuthTimeoutMs: whole(100, 60_000, 10_000),
    tunnelTimeoutMs: whole(100, 60_000, 5_000),
    dbConnectTimeoutMs: whole(100, 60_000, 10_000),
    queryTimeoutMs: whole(100, 120_000, 15_000),
    rawRetentionDays: whole(1, 90, 7),
    fiveMinuteRetentionDays: whole(1, 400, 60),
    hourlyRetentionDays: whole(1, 1_000, 400),
    connectionLogRetentionDays: whole(1, 400, 30),
    staleAfterMinutes: whole(1, 1_440, 10),
    repeatIntervalMinutes: whole(1, 10_080, 60),
    /** Minutes without acknowledgement after which an alert goes to the escalation channels; 0: never. */
    escalateCriticalAfterMinutes: whole(0, 10_080, 0),
    escalateHighAfterMinutes: whole(0, 10_080, 0),
    escalateMediumAfterMinutes: whole(0, 10_080, 0),
    /** Where partners may be, their databases and hops included: networks in CIDR notation. */
    allowedNetworks: z
      .array(z.union([z.cidrv4(), z.cidrv6()], 'must be a network such as 203.0.113.0/24 or 2001:db8::/32'))
      .min(1, 'must name a network')
      .max(100, 'must name at most 100 networks')
      .default([...everywhere]),
    /** Where a sign of life goes once a minute, as Healthchecks takes it; `null`: nowhere. */
    heartbeatUrl: z
      .url({ protocol: /^https$/, message: 'must be an https URL' })
      .max(1_000, 'must have at most 1000 characters')
      .nullable()
      .default(null),
  })
  .meta({ id: 'Settings' })

export type Settings = z.infer<typeof Settings>

/**
 * The settings as the audit log keeps them, and as those see them who may not change them: whoever knows the whole address of a heartbeat can
 * send one.
 */
export const maskSettings = <Values extends Partial<Settings>>(values: Values): Values =>
  values.heartbeatUrl ? { ...values, heartbeatUrl: `${new URL(values.heartbeatUrl).origin}/...` } : values

/** The limit of each stage of a connection, in milliseconds. */
export const stageTimeouts = (settings: Settings) => ({
  'ssh-connect': settings.sshConnectTimeoutMs,
  'host-key': settings.sshConnectTimeoutMs,
  'ssh-auth': settings.sshAuthTimeoutMs,
  tunnel: settings.tunnelTimeoutMs,
  'db-tls': settings.dbConnectTimeoutMs,
  'db-connect': settings.dbConnectTimeoutMs,
  query: settings.queryTimeoutMs,
})

/** The longest that a capture takes, in milliseconds: the sum of its limits. */
export const captureLimitMs = (settings: Settings): number => Object.values(stageTimeouts(settings)).reduce((sum, ms) => sum + ms, 0)

/** Clocks of several processes may differ by so much. A stored time that lies further ahead than an interval explains is not believed. */
export const clockToleranceMs = 60_000
