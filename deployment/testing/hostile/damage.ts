import { createSeededRandom } from '../../demo/seeded-random.ts'

type Random = () => number

const bytesOf = (random: Random, count: number) => Buffer.from(Array.from({ length: count }, () => Math.floor(random() * 256)))
const pick = <Value>(random: Random, values: readonly Value[]): Value => values[Math.floor(random() * values.length)] as Value

/** What can happen to bytes from `at` on. */
const damages: ((bytes: Buffer, at: number, random: Random) => Buffer)[] = [
  (bytes, at, random) => Buffer.concat([bytes.subarray(0, at), bytesOf(random, 1), bytes.subarray(at + 1)]),
  (bytes, at, random) => Buffer.concat([bytes.subarray(0, at), bytesOf(random, 8), bytes.subarray(at + 8)]),
  (bytes, at, random) =>
    Buffer.concat([bytes.subarray(0, at), Buffer.alloc(4, pick(random, [0, 0xff, 0x7f, 0x80])), bytes.subarray(at + 4)]),
  (bytes, at, random) => Buffer.concat([bytes.subarray(0, at), bytesOf(random, Math.ceil(random() * 64)), bytes.subarray(at)]),
  (bytes, at, random) => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + Math.ceil(random() * 16))]),
  (bytes, at) => bytes.subarray(0, at),
  (bytes, at, random) => Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.floor(random() * at))]),
]

/** The same bytes with one thing wrong, or two or three. */
export const damage = (bytes: Buffer, random: Random): Buffer =>
  Array.from({ length: Math.ceil(random() * 3) }).reduce<Buffer>(
    (damaged) => pick(random, damages)(damaged, Math.floor(random() * (damaged.length + 1)), random),
    bytes,
  )

/** Damages some part of what passes, once, within the first `length` bytes. */
export const damageStream = (seed: number, length: number): ((chunk: Buffer) => Buffer) => {
  const random = createSeededRandom(seed)
  let left = Math.floor(random() * length)
  return (chunk) => {
    const at = left
    left -= chunk.length
    if (at < 0 || at >= chunk.length) return chunk
    return Buffer.concat([chunk.subarray(0, at), damage(chunk.subarray(at), random)])
  }
}

/** A message of SSH that a server could send once the keys are exchanged: its type is real, and the rest is not. */
export const randomMessage = (random: Random): Buffer => {
  const types = [1, 2, 3, 4, 7, 20, 21, 31, 50, 51, 52, 53, 60, 61, 80, 81, 82, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 100, 192]
  return Buffer.concat([Buffer.from([pick(random, types)]), bytesOf(random, Math.floor(random() * 200))])
}
