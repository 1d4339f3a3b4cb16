import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { SealError } from '../../sealer.ts'
import { createSealer } from './create-sealer.ts'

const context = { collection: 'partner_configs', id: 'p1', field: 'db.password' }

describe('createSealer', () => {
  it('opens what it sealed, whatever the text', () => {
    const sealer = createSealer(randomBytes(32))
    for (const text of ['', 'a', 'pässwörd 🔑', 'x'.repeat(10_000)]) expect(sealer.open(sealer.seal(text, context), context)).toBe(text)
  })

  it('never writes the same envelope twice, nor the plaintext into it', () => {
    const sealer = createSealer(randomBytes(32))
    const envelopes = Array.from({ length: 50 }, () => sealer.seal('correct horse', context))
    expect(new Set(envelopes).size).toBe(50)
    for (const envelope of envelopes) expect(envelope).toMatch(/^v1:[\w-]{8}:[\w-]{16}:[\w-]+$/)
  })

  it.each([{ collection: 'users' }, { id: 'p2' }, { field: 'ssh.password' }])('refuses an envelope moved to %o', (moved) => {
    const sealer = createSealer(randomBytes(32))
    const envelope = sealer.seal('secret', context)
    expect(() => sealer.open(envelope, { ...context, ...moved })).toThrow(SealError)
  })

  it('refuses an envelope with any part changed', () => {
    const sealer = createSealer(randomBytes(32))
    const envelope = sealer.seal('secret', context)
    const flip = (text: string, at: number) => text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1)
    for (let at = 0; at < envelope.length - 1; at++) expect(() => sealer.open(flip(envelope, at), context)).toThrow(SealError)
  })

  it('opens what the previous key sealed and seals under the current one', () => {
    const [older, newer] = [randomBytes(32), randomBytes(32)]
    const envelope = createSealer(older).seal('secret', context)
    const rotated = createSealer(newer, [older])
    expect(rotated.open(envelope, context)).toBe('secret')
    expect(createSealer(newer).open(rotated.seal('secret', context), context)).toBe('secret')
    expect(() => createSealer(newer).open(envelope, context)).toThrow(/not configured/)
    expect([envelope, rotated.seal('secret', context)].map(rotated.isCurrent)).toEqual([false, true])
  })
})
