import { describe, expect, test, vi } from 'vitest'
import { type Hop, ReachError, type Reason, type Stage } from '../../reach/reach-error.ts'
import type { HostKeyPolicy, PartnerConnection, ReachTarget, SshServer } from '../../reach/reach-target.ts'
import { Settings, stageTimeouts } from '../../settings.ts'
import { ReachFailure } from './reach-failure.ts'
import { retryConnect } from './retry-connect.ts'
import type { Spent } from './run-stages.ts'

const timeoutsMs = stageTimeouts(Settings.parse({}))
const { signal } = new AbortController()
const connection = { hostKey: null } as PartnerConnection

const server = (host: string, hostKey: HostKeyPolicy): SshServer => ({ host, port: 22, username: 'ops', password: 'x', hostKey })
const pinned = { pinned: 'SHA256:rsa' }
const target = (hostKey: HostKeyPolicy = pinned, jumps: SshServer[] = []): ReachTarget => ({
  partnerId: 'acme',
  revision: '1',
  ssh: { ...server('acme.example', hostKey), jumps },
  db: { host: 'db', port: 3306, name: 'acme', username: 'reader', password: 'y', tls: null },
})

const refusal = (
  reason: Reason,
  { stage = 'ssh-connect' as Stage, mayPass = true, hop }: { stage?: Stage; mayPass?: boolean; hop?: Hop } = {},
) => new ReachError(reason, { stage, reason, hop }, { cause: new ReachFailure(reason, reason, { mayPass }) })

/** Fails with each of these in turn, then connects. */
const failing = (...errors: Error[]) =>
  vi.fn(async (_target: ReachTarget, _spent: Spent) => {
    const error = errors.shift()
    if (error) throw error
    return connection
  })

const run = (connect: ReturnType<typeof failing>, to = target(), options = { timeoutsMs, signal }) =>
  retryConnect(connect, to, options, async () => {}).catch((error: unknown) => error)

describe('a server that hangs up before the key exchange', () => {
  test('is tried twice more', async () => {
    const connect = failing(refusal('refused'), refusal('refused', { stage: 'host-key' }))
    expect(await run(connect)).toBe(connection)
    const last = refusal('refused')
    const inVain = failing(refusal('refused'), refusal('refused'), last, refusal('refused'))
    expect(await run(inVain)).toBe(last)
    expect(inVain).toHaveBeenCalledTimes(3)
  })

  test.each([
    refusal('refused', { mayPass: false }),
    refusal('ssh-auth', { stage: 'ssh-auth' }),
    refusal('refused', { stage: 'db-connect' }),
    refusal('timeout', { mayPass: false }),
  ])('is told from any other failure, which is not tried again: %#', async (error) => {
    const connect = failing(error)
    expect(await run(connect)).toBe(error)
    expect(connect).toHaveBeenCalledTimes(1)
  })

  test('is not waited for longer than the stage may take, waits included', async () => {
    const first = refusal('refused')
    const connect = failing(first)
    expect(await run(connect, target(), { timeoutsMs: { ...timeoutsMs, 'ssh-connect': 99 }, signal })).toBe(first)
    expect(connect).toHaveBeenCalledTimes(1)
    const patient = failing(refusal('refused'))
    await run(patient)
    expect(patient.mock.lastCall?.[1].get('ssh-connect')).toBeGreaterThanOrEqual(100)
  })

  test('is not waited for after an abort', async () => {
    const abort = new AbortController()
    const aborted = new Error('aborted')
    const connect = failing(refusal('refused'), aborted)
    const outcome = retryConnect(connect, target(), { timeoutsMs, signal: abort.signal }).catch((error: unknown) => error)
    await vi.waitFor(() => expect(connect).toHaveBeenCalledTimes(1))
    abort.abort()
    expect(await outcome).toBe(aborted)
  })
})

describe('a key that is pinned by its fingerprint alone', () => {
  const changed = (number?: number) =>
    refusal('host-key-changed', { stage: 'host-key', ...(number && { hop: { number, of: 2, host: `hop-${number}` } }) })
  const typesOf = (to: ReachTarget | undefined) =>
    [...(to?.ssh?.jumps ?? []), to?.ssh].map((each) => each?.hostKey && 'pinned' in each.hostKey && each.hostKey.type)

  test('is looked for under each type, at the hop where it did not match, and what was found stays', async () => {
    const connect = failing(changed(2), changed(2), changed())
    expect(await run(connect, target(pinned, [server('hop-1', { pinned: 'a', type: 'ssh-rsa' }), server('hop-2', pinned)]))).toBe(
      connection,
    )
    expect(connect.mock.calls.map(([to]) => typesOf(to))).toEqual([
      ['ssh-rsa', undefined, undefined],
      ['ssh-rsa', 'ecdsa-sha2-nistp256', undefined],
      ['ssh-rsa', 'ecdsa-sha2-nistp384', undefined],
      ['ssh-rsa', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp256'],
    ])
  })

  test('is given up with the first refusal once every type was tried', async () => {
    const first = changed()
    const connect = failing(first, ...Array.from({ length: 9 }, () => changed()))
    expect(await run(connect)).toBe(first)
    expect(connect).toHaveBeenCalledTimes(5)
  })

  test('is told from one whose type is pinned as well, which is refused at once', async () => {
    const error = changed(1)
    const connect = failing(error)
    expect(await run(connect, target(pinned, [server('hop-1', { pinned: 'a', type: 'ssh-rsa' }), server('hop-2', pinned)]))).toBe(error)
    expect(connect).toHaveBeenCalledTimes(1)
  })
})
