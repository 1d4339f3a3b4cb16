import { KeyProblem } from './key-problem.ts'

/**
 * What a key file may claim, so that no derivation takes one core longer than about a second, and no file reserves more than 64 MB.
 * By themselves, ssh-keygen asks for 24 rounds, openssl for 2,048 iterations, PuTTY for 8 MB and about 20 passes.
 */
export const keyLimits = {
  bcryptRounds: 100,
  iterations: 2_000_000,
  /** N × r × p; OpenSSL itself allows 32 MB. */
  scryptWork: 2 * 1024 * 1024,
  argon2MemoryKib: 64 * 1024,
  /** KiB × passes. */
  argon2Work: 1024 * 1024,
  argon2Parallelism: 16,
  ppkLines: 1_000,
  /** Of any number in an RSA key: a signature with 8,192 bits takes some 60 ms. */
  rsaBytes: 1_024,
}

/** @throws KeyProblem naming what the file claims, when it is not a whole number from 1 to `limit` */
export const limitClaim = (what: string, claimed: number, limit: number): number => {
  if (Number.isSafeInteger(claimed) && claimed >= 1 && claimed <= limit) return claimed
  throw new KeyProblem(
    'privateKey',
    `This private key takes too much work to open: ${what} must be from 1 to ${limit.toLocaleString('en')}.`,
  )
}
