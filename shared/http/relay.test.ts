import { expect, test } from 'vitest'
import { relay } from './relay.ts'

test('gives what is emitted as it comes, and the result last', async () => {
  const { promise: later, resolve } = Promise.withResolvers<void>()
  const events = relay<string>(async (emit) => {
    emit('one')
    emit('two')
    await later
    emit('three')
    return 'result'
  })
  expect([await events.next(), await events.next()]).toMatchObject([{ value: 'one' }, { value: 'two' }])
  const third = events.next()
  resolve()
  expect(await third).toMatchObject({ value: 'three' })
  expect(await Array.fromAsync(events)).toEqual(['result'])
})

test('keeps for a slow reader what comes while it is busy', async () => {
  const seen: number[] = []
  let emitLater = (_: number) => {}
  for await (const event of relay<number>(async (emit) => {
    emitLater = emit
    emit(1)
    return 3
  })) {
    seen.push(event)
    if (event === 1) emitLater(2)
  }
  expect(seen.toSorted()).toEqual([1, 2, 3])
})

test('throws what breaks it, after what was emitted before', async () => {
  const events = relay<string>(async (emit) => {
    emit('one')
    throw new Error('broken')
  })
  expect(await events.next()).toMatchObject({ value: 'one' })
  await expect(events.next()).rejects.toThrow('broken')
})

test('a failure that nobody reads is nobody’s', async () => {
  const events = relay<string>(async (emit) => {
    emit('one')
    throw new Error('broken')
  })
  await events.next()
  expect(await events.return()).toEqual({ done: true, value: undefined })
})
