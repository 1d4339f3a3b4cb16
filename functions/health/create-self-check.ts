import type { Log } from '../../shared/log.ts'
import type { PartnerStore } from '../../shared/node/mongo/partners/partners.ts'
import { captureLimitMs, clockToleranceMs, type Settings } from '../../shared/settings.ts'

export type SelfCheckDeps = {
  /** Fails when the database does not take a write within its deadline. */
  probeWrite: () => Promise<unknown>
  /** `null` where this process runs no sweep. */
  partners: Pick<PartnerStore, 'countLate'> | null
  settings: { read: () => Promise<Settings> }
  /** How often `run` is called. */
  everyMs: number
  now: () => Date
  monotonicMs: () => number
  log: Log
}

export type SelfCheckState = {
  /** `lastOkAt`: when the database last took a write. */
  writes: { ok: boolean; lastOkAt: Date | null }
  /** Active partners without a capture, good or failed, for three intervals; `null`: not known. */
  captures: { active: number; late: number } | null
  /** By how much the wall clock was last set within the last minutes; 0: it was not. */
  clock: { jumpSeconds: number }
}

export type SelfCheck = {
  /** Looks once. Does not throw. */
  run: () => Promise<void>
  /** `null`: it was never run. */
  state: () => SelfCheckState | null
}

const intervalsUntilLate = 3
/** A look that is so many turns old counts as failed: it hangs. */
const turnsUntilHung = 4
const jumpShownMs = 10 * 60_000

/** Looks at what no request shows: whether the database takes writes, whether captures finish, whether the clock was set. */
export const createSelfCheck = (deps: SelfCheckDeps): SelfCheck => {
  let lookedAtMs: number | null = null
  let writes: SelfCheckState['writes'] = { ok: true, lastOkAt: null }
  let captures: SelfCheckState['captures'] = null
  let clock = { offsetMs: deps.now().getTime() - deps.monotonicMs(), jumpSeconds: 0, jumpedAtMs: 0 }
  /** Since when captures may be expected to be on time. */
  let expectedFromMs = deps.monotonicMs()

  const lookAtClock = () => {
    const offsetMs = deps.now().getTime() - deps.monotonicMs()
    const jumpMs = offsetMs - clock.offsetMs
    if (Math.abs(jumpMs) <= clockToleranceMs) {
      clock = { ...clock, offsetMs }
      return
    }
    const jumpSeconds = Math.round(jumpMs / 1000)
    deps.log.warn({ run: 'self-check', jumpSeconds }, 'the clock was set')
    expectedFromMs = deps.monotonicMs()
    clock = { offsetMs, jumpSeconds, jumpedAtMs: deps.monotonicMs() }
  }

  const lookAtWrites = async () => {
    const error = await deps.probeWrite().then(
      () => null,
      (err: unknown) => ({ err }),
    )
    if (error && writes.ok) deps.log.error({ run: 'self-check', ...error }, 'the database takes no writes')
    if (!error && !writes.ok) deps.log.info({ run: 'self-check' }, 'the database takes writes again')
    writes = error ? { ...writes, ok: false } : { ok: true, lastOkAt: deps.now() }
  }

  const lookAtCaptures = async () => {
    if (!deps.partners) return
    try {
      const settings = await deps.settings.read()
      const intervalMs = settings.captureIntervalSeconds * 1000
      const now = deps.now().getTime()
      const counted = await deps.partners.countLate({
        // The slot that is due lies one interval after the capture before it.
        before: new Date(now - Math.max((intervalsUntilLate - 1) * intervalMs, captureLimitMs(settings))),
        after: new Date(now + intervalMs + clockToleranceMs),
      })
      const isExpected = deps.monotonicMs() - expectedFromMs >= intervalsUntilLate * intervalMs
      captures = isExpected ? counted : { ...counted, late: 0 }
    } catch {
      captures = null
    }
  }

  return {
    run: async () => {
      lookedAtMs ??= deps.monotonicMs()
      lookAtClock()
      await Promise.all([lookAtWrites(), lookAtCaptures()])
      lookedAtMs = deps.monotonicMs()
    },
    state: () => {
      if (lookedAtMs === null) return null
      const isHung = deps.monotonicMs() - lookedAtMs > turnsUntilHung * deps.everyMs
      const isShown = clock.jumpSeconds !== 0 && deps.monotonicMs() - clock.jumpedAtMs < jumpShownMs
      return {
        writes: { ...writes, ok: writes.ok && !isHung },
        captures,
        clock: { jumpSeconds: isShown ? clock.jumpSeconds : 0 },
      }
    },
  }
}
