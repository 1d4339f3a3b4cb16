import { Binary, BSONRegExp, Decimal128, Double, Int32, Long, MaxKey, MinKey, ObjectId, Timestamp } from 'bson'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareValues } from './compare-values.ts'
import { encodeKey, encodeValue } from './key-encoding.ts'
import { decodeDoc, encodeDoc } from './values.ts'

const leaf = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.integer({ min: -3, max: 3 }).map((n) => new Int32(n)),
  fc.double().map((n) => new Double(n)),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((n) => Long.fromBigInt(n)),
  fc.bigInt({ min: 2n ** 53n - 3n, max: 2n ** 53n + 3n }).map((n) => Long.fromBigInt(n)),
  fc.string({ unit: 'binary', maxLength: 4 }),
  fc.stringMatching(/^[\0ab]{0,3}$/),
  fc.date({ noInvalidDate: true }),
  fc.uint8Array({ minLength: 12, maxLength: 12 }).map((bytes) => new ObjectId(bytes)),
  fc.uint8Array({ maxLength: 3 }).map((bytes) => new Binary(bytes)),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((n) => new Timestamp(n)),
  fc.stringMatching(/^[ab]{0,2}$/).map((pattern) => new BSONRegExp(pattern, '')),
  fc.constantFrom(new MinKey(), new MaxKey()),
)
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'ab'), tie('value')),
  ),
}))
const direction = fc.constantFrom(1 as const, -1 as const)

describe('encodeKey', () => {
  test('orders bytes as BSON orders values, in both directions and in compound keys', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value, direction), { minLength: 1, maxLength: 3 }), (fields) => {
        const directions = fields.map(([, , turn]) => turn)
        const a = fields.map(([first]) => first)
        const b = fields.map(([, second]) => second)
        const expected = fields.map(([x, y, turn]) => compareValues(x, y) * turn).find((order) => order !== 0) ?? 0
        expect(Buffer.compare(encodeKey(a, directions), encodeKey(b, directions))).toBe(expected)
      }),
      { numRuns: 2000 },
    )
  })

  test('makes no encoding a prefix of another one', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        const x = encodeValue(a)
        const y = encodeValue(b)
        expect(x.equals(y) || !y.subarray(0, x.length).equals(x)).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })

  test('gives equal numbers of different types one key', () => {
    const five = [new Int32(5), new Double(5), Long.fromNumber(5), 5].map((number) => encodeValue(number).toString('hex'))
    expect(new Set(five).size).toBe(1)
    expect(encodeValue(new Double(-0))).toEqual(encodeValue(new Int32(0)))
  })

  test('refuses a decimal rather than ordering it wrongly', () => {
    expect(() => encodeValue(Decimal128.fromString('1.5'))).toThrow('Decimal128')
  })

  test('refuses a key that is too long', () => {
    expect(() => encodeKey(['x'.repeat(100_000)], [1])).toThrow('too long')
  })
})

describe('decodeDoc and encodeDoc', () => {
  test('keep every byte of a document', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('a', 'b', '__proto__', 'constructor'), value), (doc) => {
        const bytes = encodeDoc(doc)
        expect(Buffer.compare(encodeDoc(decodeDoc(bytes)), bytes)).toBe(0)
      }),
    )
  })
})
