import { AppError } from '../../shared/errors.ts'
import { hashToken } from '../../shared/http/token.ts'
import { nameKey } from '../../shared/name-key.ts'
import type { LoginAttemptStore } from '../../shared/node/mongo/access/login-attempts.ts'
import { clientNetwork } from './client-network.ts'
import { decideAttempt } from './decide-attempt.ts'

export type SlowDownDeps = { attempts: LoginAttemptStore; now: () => Date }

type Limit = { key: string; failures: number }

const pairFailures = 5
const addressFailures = 5
/** More than one address reaches in a window, so that it takes several to slow an account for addresses new to it. */
const accountFailures = 50
const familiarMs = 90 * 24 * 3_600_000

/** Counts the attempt before it is made, so that parallel ones get no more than their share. Returns the milliseconds to wait, or 0. */
const reserve = async (deps: SlowDownDeps, limit: Limit): Promise<number> => {
  for (;;) {
    const previous = await deps.attempts.find(limit.key)
    const decision = decideAttempt(previous, limit.failures, deps.now())
    if ('waitMs' in decision) return decision.waitMs
    if (await deps.attempts.exchange(limit.key, previous, decision.counter, decision.expiresAt)) return 0
  }
}

/**
 * Runs `check` unless too many attempts failed, and throws `too_many_requests` without running it otherwise. An address that the
 * account has signed in from answers for that pair alone, so that no stranger can lock it out; any other answers for all that was
 * tried from it, and for what strangers tried on the account.
 */
export const slowDown = async <Result>(
  deps: SlowDownDeps,
  client: { account: string; address: string },
  check: () => Promise<Result | null>,
): Promise<Result | null> => {
  const key = (...parts: string[]) => hashToken(JSON.stringify(parts))
  const [account, address] = [nameKey(client.account), clientNetwork(client.address)]
  const [familiar, pair] = [await key('familiar', account, address), await key('pair', account, address)]
  const limits = (await deps.attempts.isMarked(familiar, deps.now()))
    ? [{ key: pair, failures: pairFailures }]
    : [
        { key: await key('address', address), failures: addressFailures },
        { key: await key('account', account), failures: accountFailures },
      ]
  const reserved: string[] = []
  const refund = () => Promise.all(reserved.map((each) => deps.attempts.refund(each)))
  for (const limit of limits) {
    const waitMs = await reserve(deps, limit)
    if (waitMs > 0) {
      await refund()
      throw new AppError('too_many_requests', 'Too many attempts failed. Wait before the next one.', {
        retryAfterSeconds: Math.ceil(waitMs / 1000),
      })
    }
    reserved.push(limit.key)
  }
  const result = await check().catch(async (error: unknown) => {
    await refund()
    throw error
  })
  if (result !== null) {
    await refund()
    await deps.attempts.clear(pair)
    await deps.attempts.mark(familiar, new Date(deps.now().getTime() + familiarMs))
  }
  return result
}
