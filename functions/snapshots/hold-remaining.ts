import type { PartnerDoc, RemainingCount } from '../../shared/node/mongo/partners/partners.ts'

/** A statement that takes no longer counts the remaining calls at each capture. */
const cheapMs = 2_000
const leastWaitMs = 300_000
/** So many times as long as it took, the next count waits: it takes 2.5 % of the time. */
const waitFactor = 40

type Held = NonNullable<RemainingCount['counted']>

/** The number that a capture goes on with instead of counting again; `null`: it has to count. */
export const heldRemaining = ({ remainingCount: last }: Pick<PartnerDoc, 'remainingCount'>, now: Date): Held | null => {
  if (!last?.counted || last.ms <= cheapMs) return null
  const ageMs = now.getTime() - last.triedAt.getTime()
  return ageMs >= 0 && ageMs < Math.max(leastWaitMs, waitFactor * last.ms) ? last.counted : null
}

/** What to remember of a count that took `ms`; `null`: nothing, it is cheap. `calls` is `null` when it was ended by its limit. */
export const rememberCount = (partner: Pick<PartnerDoc, 'remainingCount' | 'latest'>, at: Date, ms: number, calls: number | null) => {
  if (calls !== null) return ms > cheapMs ? { triedAt: at, ms, counted: { at, calls } } : null
  const { remainingCount: last, latest } = partner
  return { triedAt: at, ms, counted: last ? last.counted : latest && { at: latest.snapshotTime, calls: latest.remainingCalls } }
}
