import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { limitParallel } from './limit-parallel.ts'

type Stored = { ln: number; r: number; p: number; salt: Buffer; hash: Buffer }

/** OWASP's Password Storage Cheat Sheet: N = 2^14, r = 8, p = 5 is as strong as N = 2^17, p = 1 and needs 16 MiB instead of 128. */
const current = { ln: 14, r: 8, p: 5 }
const saltBytes = 16
const hashBytes = 32
/** 128 × N × r bytes; OWASP's largest setting. */
const maxMemoryBytes = 134_217_728
const pattern = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w+/-]{11,86})\$([\w+/-]{43,86})$/

const format = ({ ln, r, p, salt, hash }: Stored) =>
  `$scrypt$ln=${ln},r=${r},p=${p}$${[salt, hash].map((part) => part.toString('base64').replace(/=+$/, '')).join('$')}`

const parse = (text: string): Stored => {
  const [, ln, r, p, salt, hash] = pattern.exec(text) ?? []
  const stored = {
    ln: Number(ln),
    r: Number(r),
    p: Number(p),
    salt: Buffer.from(salt ?? '', 'base64'),
    hash: Buffer.from(hash ?? '', 'base64'),
  }
  if (!(stored.ln >= 1 && stored.r >= 1 && stored.p >= 1 && stored.p <= 16 && 128 * 2 ** stored.ln * stored.r <= maxMemoryBytes))
    throw new Error('The stored password hash is not one that this version reads.')
  return stored
}

const derive = (password: string, { ln, r, p, salt, hash }: Stored) => {
  const options: ScryptOptions = { N: 2 ** ln, r, p, maxmem: 256 * 2 ** ln * r + 1_048_576 }
  return new Promise<Buffer>((resolve, reject) =>
    scrypt(password.normalize('NFKC'), salt, hash.length, options, (error, key) => (error ? reject(error) : resolve(key))),
  )
}

/** Stands in for the hash of a user that does not exist; no password is known that derives 32 zero bytes. */
const nobody: Stored = { ...current, salt: Buffer.alloc(saltBytes), hash: Buffer.alloc(hashBytes) }

/**
 * Hashes and verifies passwords with scrypt (RFC 7914), two at a time, so that a flood of sign-ins takes at most 32 MiB;
 * 64 more wait, and any beyond them fail at once with `unavailable`.
 */
export const createPasswordHasher = () => {
  const run = limitParallel({ running: 2, waiting: 64 })
  return {
    /** Returns a PHC string: `$scrypt$ln=14,r=8,p=5$<salt>$<hash>`. */
    hash: (password: string): Promise<string> =>
      run(async () => {
        const fresh = { ...nobody, salt: randomBytes(saltBytes) }
        return format({ ...fresh, hash: await derive(password, fresh) })
      }),
    /** Whether `password` made `stored`. `null`, for a user that does not exist, takes the same work and is `false`. Throws when `stored` cannot be read. */
    verify: (password: string, stored: string | null): Promise<boolean> =>
      run(async () => {
        const expected = stored === null ? nobody : parse(stored)
        const matches = timingSafeEqual(await derive(password, expected), expected.hash)
        return matches && stored !== null
      }),
    /** Whether `stored` was made with today's parameters. */
    isCurrent: (stored: string): boolean => stored.startsWith(`$scrypt$ln=${current.ln},r=${current.r},p=${current.p}$`),
  }
}

export type PasswordHasher = ReturnType<typeof createPasswordHasher>
