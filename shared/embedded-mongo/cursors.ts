import { randomInt } from 'node:crypto'
import { MAX_DOCUMENT_BYTES } from './bson/values.ts'
import { CommandError } from './command-error.ts'

type Source = Iterator<Uint8Array, unknown, unknown>
type Cursor = { ns: string; source: Source; pending: Uint8Array | undefined; usedAt: number }
type Batch = { docs: Uint8Array[]; id: bigint }

/** Open cursors, by id. A cursor that nobody has used for ten minutes ends. */
export type Cursors = {
  open(ns: string, source: Source, batchSize: number, keep: boolean): Batch
  more(id: bigint, ns: string, batchSize: number): Batch
  kill(id: bigint): boolean
  killNamespace(matches: (ns: string) => boolean): void
  endIdle(): void
}

const IDLE_MS = 10 * 60 * 1000

/** Takes what fits in one reply and looks one document ahead, so that a cursor that is exhausted says so. */
const take = (cursor: Cursor, batchSize: number): { docs: Uint8Array[]; done: boolean } => {
  const docs: Uint8Array[] = []
  let bytes = 0
  for (;;) {
    if (cursor.pending === undefined) {
      const next = cursor.source.next()
      if (next.done) return { docs, done: true }
      cursor.pending = next.value
    }
    if (docs.length >= batchSize || (docs.length > 0 && bytes + cursor.pending.length > MAX_DOCUMENT_BYTES)) return { docs, done: false }
    bytes += cursor.pending.length
    docs.push(cursor.pending)
    cursor.pending = undefined
  }
}

export const createCursors = (now: () => number): Cursors => {
  const cursors = new Map<bigint, Cursor>()
  const end = (id: bigint): boolean => {
    cursors.get(id)?.source.return?.()
    return cursors.delete(id)
  }
  const newId = (): bigint => {
    const id = (BigInt(randomInt(1, 2 ** 31)) << 32n) | BigInt(randomInt(0, 2 ** 32))
    return cursors.has(id) ? newId() : id
  }
  return {
    open: (ns, source, batchSize, keep) => {
      const cursor: Cursor = { ns, source, pending: undefined, usedAt: now() }
      const { docs, done } = take(cursor, batchSize)
      if (done) return { docs, id: 0n }
      if (!keep) {
        source.return?.()
        return { docs, id: 0n }
      }
      const id = newId()
      cursors.set(id, cursor)
      return { docs, id }
    },
    more: (id, ns, batchSize) => {
      const cursor = cursors.get(id)
      if (!cursor || cursor.ns !== ns) throw new CommandError('CursorNotFound', `cursor id ${id} not found`)
      cursor.usedAt = now()
      const { docs, done } = take(cursor, batchSize)
      if (done) cursors.delete(id)
      return { docs, id: done ? 0n : id }
    },
    kill: end,
    killNamespace: (matches) => {
      for (const [id, { ns }] of cursors) if (matches(ns)) end(id)
    },
    endIdle: () => {
      for (const [id, { usedAt }] of cursors) if (now() - usedAt > IDLE_MS) end(id)
    },
  }
}
