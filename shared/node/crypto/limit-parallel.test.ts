import { expect, test } from 'vitest'
import { limitParallel } from './limit-parallel.ts'

/** Long enough for every work to begin that may. */
const turn = () => new Promise(setImmediate)

/** Works that end on demand, and the order in which they began. */
const controlled = (run: ReturnType<typeof limitParallel>) => {
  const begun: number[] = []
  const works = new Map<number, PromiseWithResolvers<void>>()
  return {
    begun,
    start: (id: number) =>
      run(async () => {
        begun.push(id)
        const work = Promise.withResolvers<void>()
        works.set(id, work)
        await work.promise
        return id
      }),
    end: (id: number) => works.get(id)?.resolve(),
    fail: (id: number) => works.get(id)?.reject(new Error('broken')),
  }
}

test('runs no more works at once than allowed, the waiting ones in their order', async () => {
  const { begun, start, end } = controlled(limitParallel({ running: 2, waiting: 10 }))
  const results = [1, 2, 3, 4].map(start)
  await turn()
  expect(begun).toEqual([1, 2])
  end(2)
  await results[1]
  await turn()
  expect(begun).toEqual([1, 2, 3])
  end(1)
  await results[0]
  await turn()
  expect(begun).toEqual([1, 2, 3, 4])
  end(3)
  end(4)
  expect(await Promise.all(results)).toEqual([1, 2, 3, 4])
})

test('refuses at once what finds the queue full, and takes more when there is room again', async () => {
  const { start, end } = controlled(limitParallel({ running: 1, waiting: 1 }))
  const [first, second] = [start(1), start(2)]
  await expect(start(3)).rejects.toMatchObject({ code: 'unavailable', retryAfterSeconds: 5 })
  end(1)
  await first
  const fourth = start(4)
  end(2)
  await second
  await turn()
  end(4)
  expect(await fourth).toBe(4)
})

test('goes on after a work that fails', async () => {
  const { begun, start, end, fail } = controlled(limitParallel({ running: 1, waiting: 5 }))
  const [first, second] = [start(1), start(2)]
  await turn()
  fail(1)
  await expect(first).rejects.toThrow('broken')
  await turn()
  expect(begun).toEqual([1, 2])
  end(2)
  expect(await second).toBe(2)
})
