import { describe, expect, test, vi } from 'vitest'
import { ReachError } from '../../reach/reach-error.ts'
import type { PartnerConnection, ReachTarget } from '../../reach/reach-target.ts'
import { type ConnectionPoolDeps, createConnectionPool } from './connection-pool.ts'
import { ThreadLost } from './thread-lost.ts'

const db = { host: 'db.example', port: 3306, name: 'acme', username: 'reader', password: 'secret', tls: null }
const acme: ReachTarget = { partnerId: 'acme', revision: '1', ssh: null, db }
const { signal } = new AbortController()

const refused = () => new ReachError('refused', { stage: 'db-connect', reason: 'refused' })
const lost = () => new ReachError('lost', { stage: 'query', reason: 'query' })

/** A pool whose connections are plain objects, and what it did. */
const poolUnderTest = (overrides: Partial<ConnectionPoolDeps> = {}) => {
  const opened: (PartnerConnection & { target: ReachTarget; die(): void })[] = []
  const clock = { ms: 0 }
  const connect = async (target: ReachTarget) => {
    let closed = false
    const die = () => {
      closed = true
    }
    const connection = {
      target,
      hostKey: null,
      jumpKeys: [],
      tls: null,
      notes: [],
      stages: [],
      query: async () => [],
      close: async () => die(),
      die,
    }
    opened.push(Object.defineProperty({ ...connection, closed: false }, 'closed', { get: () => closed }))
    return opened.at(-1) as PartnerConnection
  }
  const retryDelayMs = { first: 1000, max: 30_000 }
  const pool = createConnectionPool({ connect, monotonicMs: () => clock.ms, idleMs: 60_000, retryDelayMs, ...overrides })
  return { pool, opened, clock }
}

describe('keeping connections', () => {
  test('uses one connection for one partner, again and again', async () => {
    const { pool, opened } = poolUnderTest()
    for (let i = 0; i < 5; i++) await pool.use(acme, async () => i, signal)
    expect(opened).toHaveLength(1)
    expect(pool.size).toBe(1)
  })

  test('meets a renewed certificate within an hour: an encrypted connection is made anew, any other is kept', async () => {
    for (const [tls, count] of [
      [{ protocol: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256', certificate: null }, 2],
      [null, 1],
    ] as const) {
      const { pool, opened, clock } = poolUnderTest({ idleMs: 10_000_000 })
      await pool.use(acme, async (connection) => void Object.assign(connection, { tls }), signal)
      clock.ms = 3_600_000
      await pool.use(acme, async () => {}, signal)
      expect(opened).toHaveLength(1)
      clock.ms += 1
      await pool.use(acme, async () => {}, signal)
      expect(opened).toHaveLength(count)
      await pool.close()
    }
  })

  test('connects once when two uses begin at the same time, and runs them one after the other', async () => {
    const { pool, opened } = poolUnderTest()
    let running = 0
    const use = () =>
      pool.use(
        acme,
        async () => {
          expect(++running).toBe(1)
          await Promise.resolve()
          running--
        },
        signal,
      )
    await Promise.all([use(), use(), use()])
    expect(opened).toHaveLength(1)
  })

  test('makes room for a connection of somebody else, whose work uses wait for', async () => {
    const { pool, opened } = poolUnderTest()
    await pool.use(acme, async () => {}, signal)
    const steps: string[] = []
    const alone = pool.alone(
      acme,
      async () => {
        steps.push(`alone, ${pool.size} open, the first ${opened[0]?.closed ? 'closed' : 'open'}`)
        await Promise.resolve()
        steps.push('over')
      },
      signal,
    )
    await Promise.all([alone, pool.use(acme, async () => steps.push('used'), signal)])
    expect(steps).toEqual(['alone, 0 open, the first closed', 'over', 'used'])
    expect(opened).toHaveLength(2)
  })

  test('lets partners work at the same time', async () => {
    const { pool } = poolUnderTest()
    const { promise: blocked, resolve: unblock } = Promise.withResolvers<void>()
    const slow = pool.use(acme, () => blocked, signal)
    await expect(pool.use({ ...acme, partnerId: 'other' }, async () => 'done', signal)).resolves.toBe('done')
    unblock()
    await slow
  })

  test('closes the connection of an older revision before it connects with the newer one', async () => {
    const { pool, opened } = poolUnderTest()
    await pool.use(acme, async () => {}, signal)
    await pool.use({ ...acme, revision: '2' }, async () => expect(opened[0]?.closed).toBe(true), signal)
    expect(opened.map(({ target }) => target.revision)).toEqual(['1', '2'])
    expect(pool.size).toBe(1)
  })

  test('closes the connection after an error of the one who used it', async () => {
    const { pool, opened } = poolUnderTest()
    await expect(pool.use(acme, () => Promise.reject(new Error('mine')), signal)).rejects.toThrow('mine')
    expect(opened[0]?.closed).toBe(true)
    await pool.use(acme, async () => {}, signal)
    expect(opened).toHaveLength(2)
  })

  test('closes a connection that nobody used for the idle time', async () => {
    const { pool, opened } = poolUnderTest({ idleMs: 5 })
    await pool.use(acme, async () => {}, signal)
    await vi.waitFor(() => expect(opened[0]?.closed).toBe(true))
    expect(pool.size).toBe(0)
  })
})

describe('connections that died', () => {
  test('opens a new connection when the kept one ended between two uses', async () => {
    const { pool, opened } = poolUnderTest()
    await pool.use(acme, async () => {}, signal)
    opened[0]?.die()
    await pool.use(acme, async (connection) => expect(connection).toBe(opened[1]), signal)
  })

  test('runs the work once more when the kept one proves dead in use', async () => {
    const { pool, opened } = poolUnderTest()
    await pool.use(acme, async () => {}, signal)
    const work = async (connection: PartnerConnection) => {
      if (connection !== opened[0]) return 'answered'
      opened[0].die()
      throw lost()
    }
    await expect(pool.use(acme, work, signal)).resolves.toBe('answered')
    expect(opened).toHaveLength(2)
  })

  test.each([false, true])(
    'runs the work once more, and no more, when its thread was ended for another partner (kept: %s)',
    async (kept) => {
      const { pool, opened } = poolUnderTest()
      if (kept) await pool.use(acme, async () => {}, signal)
      const lost = () => new ThreadLost({ stage: 'query' })
      const loseOnce = vi.fn(async (connection: PartnerConnection) => {
        if (connection === opened[0]) throw lost()
        return 'answered'
      })
      await expect(pool.use(acme, loseOnce, signal)).resolves.toBe('answered')
      expect(loseOnce).toHaveBeenCalledTimes(2)
      const loseAlways = vi.fn(() => Promise.reject(lost()))
      await expect(pool.use(acme, loseAlways, signal)).rejects.toMatchObject({ reason: 'aborted' })
      expect(loseAlways).toHaveBeenCalledTimes(2)
    },
  )

  test('does not run the work again when a fresh connection dies under it', async () => {
    const { pool, opened } = poolUnderTest()
    const work = async () => {
      opened.at(-1)?.die()
      throw lost()
    }
    await expect(pool.use(acme, work, signal)).rejects.toMatchObject({ stage: 'query', reason: 'query' })
    expect(opened).toHaveLength(1)
  })

  test('does not run a failed statement again on a connection that is alive', async () => {
    const { pool } = poolUnderTest()
    await pool.use(acme, async () => {}, signal)
    const work = vi.fn(() => Promise.reject(lost()))
    await expect(pool.use(acme, work, signal)).rejects.toThrow('lost')
    expect(work).toHaveBeenCalledOnce()
  })
})

describe('failing to connect', () => {
  test('waits longer after each failure, up to the limit, and gives the last error in between', async () => {
    const connect = vi.fn(() => Promise.reject(refused()))
    const { pool, clock } = poolUnderTest({ connect })
    const attemptsAt = async (ms: number) => {
      clock.ms = ms
      await expect(pool.use(acme, async () => {}, signal)).rejects.toMatchObject({ reason: 'refused' })
      return connect.mock.calls.length
    }
    expect(await attemptsAt(0)).toBe(1)
    expect(await attemptsAt(999)).toBe(1)
    expect(await attemptsAt(1000)).toBe(2)
    expect(await attemptsAt(2999)).toBe(2)
    expect(await attemptsAt(3000)).toBe(3)
    for (let minute = 1; minute <= 10; minute++) expect(await attemptsAt(minute * 60_000)).toBe(3 + minute)
  })

  test('tries at once when the configuration changed', async () => {
    const connect = vi.fn(() => Promise.reject(refused()))
    const { pool } = poolUnderTest({ connect })
    await expect(pool.use(acme, async () => {}, signal)).rejects.toThrow()
    await expect(pool.use({ ...acme, revision: '2' }, async () => {}, signal)).rejects.toThrow()
    expect(connect).toHaveBeenCalledTimes(2)
  })
})

describe('ending', () => {
  /** Connects never, until its signal is aborted. */
  const hang = (_target: ReachTarget, given: AbortSignal) =>
    new Promise<PartnerConnection>((_resolve, reject) => {
      given.addEventListener('abort', () => reject(new ReachError('aborted', { stage: 'ssh-connect', reason: 'aborted' })))
    })

  test('ends an attempt to connect when the partner is evicted, and refuses those that wait behind it', async () => {
    const { pool } = poolUnderTest({ connect: hang })
    const uses = [pool.use(acme, async () => {}, signal), pool.use(acme, async () => {}, signal)]
    await Promise.resolve()
    pool.evict('acme')
    for (const { status, ...outcome } of await Promise.allSettled(uses))
      expect({ status, ...outcome }).toMatchObject({ reason: { reason: 'aborted' } })
  })

  test('calls a use that an eviction cut off aborted, and does not repeat it', async () => {
    const { pool, opened } = poolUnderTest()
    await pool.use(acme, async () => {}, signal)
    const work = vi.fn(async () => {
      pool.evict('acme')
      throw lost()
    })
    await expect(pool.use(acme, work, signal)).rejects.toMatchObject({ reason: 'aborted' })
    expect(work).toHaveBeenCalledOnce()
    expect(opened).toHaveLength(1)
  })

  test('lets one that waits for its turn leave, without disturbing the others', async () => {
    const { pool } = poolUnderTest()
    const { promise: blocked, resolve: unblock } = Promise.withResolvers<void>()
    const first = pool.use(acme, () => blocked, signal)
    const controller = new AbortController()
    const second = pool.use(acme, async () => {}, controller.signal)
    const third = pool.use(acme, async () => 'third', signal)
    controller.abort()
    await expect(second).rejects.toMatchObject({ reason: 'aborted' })
    unblock()
    await first
    await expect(third).resolves.toBe('third')
  })

  test('closes everything, attempts under way too, and refuses later uses', async () => {
    const { pool, opened } = poolUnderTest()
    await pool.use(acme, async () => {}, signal)
    await pool.close()
    expect(opened[0]?.closed).toBe(true)
    await expect(pool.use(acme, async () => {}, signal)).rejects.toMatchObject({ reason: 'aborted' })

    const { pool: hanging } = poolUnderTest({ connect: hang })
    const use = hanging.use(acme, async () => {}, signal)
    await Promise.resolve()
    await Promise.all([hanging.close(), expect(use).rejects.toMatchObject({ reason: 'aborted' })])
  })
})
