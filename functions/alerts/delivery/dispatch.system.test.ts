import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../../deployment/testing/test-databases.ts'
import { type Alerting, accepted, busy, channelDoc, createAlerting, refused } from '../lifecycle/alerting-under-test.ts'
import { dispatch } from './dispatch.ts'

const day = 24 * 3600

describe('dispatching', () => {
  let database: TestDatabase
  let alerting: Alerting
  beforeAll(async () => {
    database = await openTestDatabase()
  })
  afterAll(() => database.close())
  beforeEach(async () => {
    alerting = await createAlerting(database)
    await alerting.deps.channels.insert(channelDoc('slack'))
    for (const id of ['acme', 'globex', 'initech']) await alerting.addPartner(id)
  })

  const messages = () =>
    alerting.sent.map(({ message }) => ({ id: message.id, told: message.notices.map(({ alertId, kind }) => `${alertId} ${kind}`) }))
  const states = async () => (await alerting.rows()).map(({ state }) => state)
  const problem = async () => (await alerting.deps.channels.find('slack'))?.problem

  test('marks sent only what the channel accepted, and says in the alert what became of it', async () => {
    alerting.answers.push(busy, accepted)
    await alerting.capture('acme', 200)
    expect(await dispatch(alerting.deps)).toEqual({ sent: 0, retried: 1, dead: 0 })
    expect(await alerting.rows()).toMatchObject([{ state: 'pending', attempts: 1, lastCode: '500' }])
    alerting.wait(5)
    expect(await dispatch(alerting.deps)).toEqual({ sent: 1, retried: 0, dead: 0 })
    expect(await alerting.rows()).toMatchObject([{ state: 'sent', attempts: 2, lastCode: '200' }])
    const [log] = await alerting.deps.alertLogs.page({}, 1)
    expect(log?.deliveries).toMatchObject([
      { channelName: 'slack', outcome: 'retried', code: '500', message: 'The receiver answered 500.' },
      { outcome: 'sent', code: '200', message: '' },
    ])
  })

  test('retries a message with the rows and the id that it had, whatever has come since', async () => {
    alerting.answers.push(busy, busy)
    await alerting.capture('globex', 200)
    await dispatch(alerting.deps)
    await alerting.capture('acme', 200)
    alerting.wait(60)
    await alerting.capture('globex', 0)
    await alerting.dispatchFor(70)
    const [first, , , rest] = messages()
    expect(alerting.sent.slice(0, 3).map(({ message }) => message)).toEqual(Array(3).fill(alerting.sent[0]?.message))
    expect(rest?.id).not.toBe(first?.id)
    expect(alerting.sentNotices().slice(2)).toEqual([
      'slack: fired globex deep-queue',
      'slack: resolved globex deep-queue',
      'slack: fired acme deep-queue',
    ])
  })

  test('keeps a message whole when earlier rows than its own come late', async () => {
    alerting.answers.push(busy)
    for (let i = 0; i < 60; i++) await alerting.addPartner(`p${i}`)
    const { states, ...others } = alerting.deps
    const late = { ...states, withJournal: async (limit: number) => (await states.withJournal(limit)).filter(({ _id }) => _id === 'acme') }
    for (let i = 0; i < 60; i++) await alerting.capture(`p${i}`, 200)
    alerting.wait(1)
    await alerting.capture('acme', 200)
    await dispatch({ ...others, states: { ...late } })
    alerting.wait(5)
    await alerting.dispatchFor(120)
    const [first, second, ...rest] = messages()
    expect(first?.told).toHaveLength(1)
    expect(second).toEqual(first)
    expect(rest.map(({ told }) => told.length)).toEqual([50, 10])
  })

  test('tells a firing and its resolution that wait together as one', async () => {
    await alerting.capture('acme', 200)
    alerting.wait(60)
    await alerting.capture('acme', 0)
    await dispatch(alerting.deps)
    expect(alerting.sentNotices()).toEqual(['slack: fired-and-resolved acme deep-queue'])
    expect(alerting.sent[0]?.message.notices[0]).toMatchObject({ partnerName: 'acme', resolvedAt: alerting.deps.now() })
    expect(await states()).toEqual(['sent', 'sent'])
  })

  test('tells a resolution after its firing even when its capture was begun before', async () => {
    await alerting.capture('acme', 200)
    alerting.wait(-10)
    const { states } = alerting.deps
    const stored = await states.find('acme')
    if (!stored) throw new Error('no state')
    await states.save('acme', stored.version, { ...stored.state, lastObservedAt: null }, [])
    await alerting.capture('acme', 0)
    alerting.wait(20)
    await dispatch(alerting.deps)
    expect(alerting.sentNotices()).toEqual(['slack: fired-and-resolved acme deep-queue'])
  })

  test('sends a channel at most one message in 30 s, which lists what has come', async () => {
    for (const id of ['acme', 'globex', 'initech']) {
      await alerting.capture(id, 200)
      await alerting.dispatchFor(6)
    }
    await alerting.dispatchFor(90)
    expect(messages().map(({ told }) => told.length)).toEqual([1, 2])
    const [first, second] = alerting.sent
    expect(Number(second?.at) - Number(first?.at)).toBeGreaterThanOrEqual(30_000)
  })

  test('waits as long as the receiver asks', async () => {
    alerting.answers.push({ ok: false, permanent: false, code: '429', message: 'busy', retryAfterMs: 120_000 })
    await alerting.capture('acme', 200)
    await alerting.dispatchFor(300)
    expect(alerting.sent).toHaveLength(2)
    expect(Number(alerting.sent[1]?.at) - Number(alerting.sent[0]?.at)).toBe(120_000)
  })

  test('waits longer after each failure and no longer than 15 minutes', async () => {
    alerting.answers.push(...Array(12).fill(busy))
    await alerting.capture('acme', 200)
    for (let i = 0; i < 12; i++) {
      await dispatch(alerting.deps)
      alerting.wait(900)
    }
    await dispatch(alerting.deps)
    expect(alerting.sent).toHaveLength(13)
    alerting.answers.push(busy)
    await alerting.capture('globex', 200)
    alerting.wait(30)
    await dispatch(alerting.deps)
    const channel = await alerting.deps.channels.find('slack')
    expect(channel?.dispatch).toMatchObject({ failures: 1, nextSendAt: new Date(alerting.deps.now().getTime() + 5000) })
  })

  test('gives a message up after 24 hours of failures, and sends it again when asked to', async () => {
    alerting.answers.push(busy, busy, busy)
    await alerting.capture('acme', 200)
    await dispatch(alerting.deps)
    alerting.wait(day - 1)
    expect(await dispatch(alerting.deps)).toEqual({ sent: 0, retried: 1, dead: 0 })
    alerting.wait(900)
    expect(await dispatch(alerting.deps)).toEqual({ sent: 0, retried: 0, dead: 1 })
    const [row] = await alerting.rows()
    expect(row).toMatchObject({ state: 'dead', lastCode: '500', attempts: 3 })
    expect(await problem()).toBeNull()
    expect(await alerting.deps.outbox.revive(row?._id ?? '', alerting.deps.now())).toBe('ok')
    alerting.wait(900)
    expect(await dispatch(alerting.deps)).toEqual({ sent: 1, retried: 0, dead: 0 })
    expect(alerting.sent.at(-1)?.message.id).not.toBe(row?.messageId)
  })

  test('tries for 24 hours what came while an older message failed', async () => {
    await alerting.capture('acme', 200)
    alerting.answers.push(busy, busy, busy, busy)
    await dispatch(alerting.deps)
    await alerting.capture('globex', 200)
    alerting.wait(day)
    await alerting.capture('initech', 200)
    expect(await dispatch(alerting.deps)).toMatchObject({ dead: 1 })
    alerting.wait(900)
    expect(await dispatch(alerting.deps)).toEqual({ sent: 0, retried: 2, dead: 0 })
    alerting.wait(day - 1)
    expect(await dispatch(alerting.deps)).toEqual({ sent: 0, retried: 2, dead: 0 })
    alerting.wait(900)
    expect(await dispatch(alerting.deps)).toEqual({ sent: 2, retried: 0, dead: 0 })
  })

  test('sends a firing again as over when its resolution was sent since', async () => {
    alerting.answers.push(refused)
    await alerting.capture('acme', 200)
    await dispatch(alerting.deps)
    alerting.wait(60)
    await alerting.capture('acme', 0)
    await dispatch(alerting.deps)
    expect(await states()).toEqual(['dead', 'sent'])
    const [row] = await alerting.rows()
    await alerting.deps.outbox.revive(row?._id ?? '', alerting.deps.now())
    alerting.wait(60)
    await dispatch(alerting.deps)
    expect(alerting.sentNotices().at(-1)).toBe('slack: fired-and-resolved acme deep-queue')
    expect(await states()).toEqual(['sent', 'sent'])
  })

  test('gives up at once what is refused for good, flags the channel, and clears the flag with the next that is taken', async () => {
    alerting.answers.push(refused)
    await alerting.capture('acme', 200)
    await dispatch(alerting.deps)
    expect(await states()).toEqual(['dead'])
    expect(await problem()).toMatchObject({ code: '404', message: 'The receiver refused the message (404).' })
    await alerting.capture('globex', 200)
    alerting.wait(30)
    await dispatch(alerting.deps)
    expect(await states()).toEqual(['dead', 'sent'])
    expect(await problem()).toBeNull()
  })

  test('gives up what waits for a channel whose secrets do not open', async () => {
    await alerting.capture('acme', 200)
    const openChannel = () => {
      throw new Error('sealed by another key')
    }
    expect(await dispatch({ ...alerting.deps, openChannel })).toEqual({ sent: 0, retried: 0, dead: 1 })
    expect(await problem()).toMatchObject({ code: 'secret' })
  })

  test.each(['off', 'gone'])('gives up what waits for a channel that is %s, so that it counts as waiting no more', async (change) => {
    alerting.answers.push(busy)
    await alerting.capture('acme', 200)
    await dispatch(alerting.deps)
    if (change === 'gone') await alerting.deps.channels.remove('slack')
    else await alerting.deps.channels.update('slack', 1, { isActive: false })
    alerting.wait(60)
    await dispatch(alerting.deps)
    expect(alerting.sent).toHaveLength(1)
    expect(await alerting.rows()).toMatchObject([{ state: 'dead', lastCode: 'channel-off' }])
    const [log] = await alerting.deps.alertLogs.page({}, 1)
    expect(log?.deliveries.at(-1)).toMatchObject({ channelName: 'slack', outcome: 'dead', code: 'channel-off' })
    expect(await alerting.deps.outbox.depth()).toBe(0)
  })

  test('sends once when several processes dispatch at the same time', async () => {
    for (const id of ['acme', 'globex']) await alerting.capture(id, 200)
    await Promise.all(Array.from({ length: 6 }, () => dispatch(alerting.deps)))
    expect(messages().map(({ told }) => told.length)).toEqual([2])
  })

  test('takes over from a process that died while it sent, with the same message', async () => {
    await alerting.capture('acme', 200)
    const dying = { ...alerting.deps.outbox, end: () => Promise.reject(new Error('died')) }
    const release = () => Promise.reject(new Error('died'))
    await expect(dispatch({ ...alerting.deps, outbox: dying, channels: { ...alerting.deps.channels, release } })).rejects.toThrow('died')
    alerting.wait(29)
    await dispatch(alerting.deps)
    expect(alerting.sent).toHaveLength(1)
    alerting.wait(1)
    await dispatch(alerting.deps)
    const [first, second] = messages()
    expect(second).toEqual(first)
    expect(await states()).toEqual(['sent'])
  })

  test('sends the same message even when two processes believe that they hold the lease', async () => {
    for (const id of ['acme', 'globex']) await alerting.capture(id, 200)
    const { channels } = alerting.deps
    const lease = () => channels.find('slack')
    await Promise.all([1, 2, 3].map(() => dispatch({ ...alerting.deps, channels: { ...channels, lease } })))
    expect(new Set(messages().map(({ id }) => id)).size).toBe(1)
    expect(new Set(messages().map(({ told }) => told.join())).size).toBe(1)
  })

  test('one channel that fails holds no other back', async () => {
    await alerting.deps.channels.insert(channelDoc('email'))
    const openChannel: typeof alerting.deps.openChannel = (channel) =>
      channel._id === 'slack' ? { send: async () => busy, close: () => {} } : alerting.deps.openChannel(channel)
    await alerting.capture('acme', 200)
    expect(await dispatch({ ...alerting.deps, openChannel })).toEqual({ sent: 1, retried: 1, dead: 0 })
    expect(alerting.sentNotices()).toEqual(['email: fired acme deep-queue'])
  })
})
