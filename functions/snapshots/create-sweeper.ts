import { invalidField } from '../../shared/errors.ts'
import type { PartnerDoc, PartnerStore } from '../../shared/node/mongo/partners/partners.ts'
import { captureLimitMs, type Settings } from '../../shared/settings.ts'
import { type CapturePartnerDeps, type CaptureResult, type ClaimedCapture, capturePartner } from './capture-partner.ts'
import { createGate } from './create-gate.ts'
import { nextSlot } from './next-slot.ts'

export type SweeperDeps = CapturePartnerDeps & {
  partners: Pick<PartnerStore, 'claimDue' | 'claim' | 'find' | 'activeIds'>
  settings: { read: () => Promise<Settings> }
  /** Resolves after `ms`, or at once when the signal aborts. */
  wait: (ms: number, signal: AbortSignal) => Promise<void>
}

/** Called with the partners that a request captures, and with each result. */
type CaptureWatch = { started: (partnerIds: readonly string[]) => void; captured: (result: CaptureResult) => void }

export type Sweeper = {
  /** Starts the captures that are due, up to the limit; it does not wait for them. */
  sweep: () => Promise<void>
  /** Captures these partners (or all active ones) now. A partner already in flight, here or elsewhere, is joined. */
  captureNow: (partnerIds: readonly string[] | undefined, by: string, watch?: CaptureWatch) => Promise<CaptureResult[]>
  /** When the last sweep began, and how many captures run. */
  state: () => { lastSweepAt: Date | null; inFlight: number }
  /** Takes no new work, aborts the captures in flight and resolves when their leases are given back. */
  stop: () => Promise<void>
}

/** How much longer than the sum of a capture's limits its lease lasts, in milliseconds. */
const leaseGraceMs = 5_000
const joinPollMs = 200
const stopsMessage = 'The service stops.'

const leaseMs = (settings: Settings) => captureLimitMs(settings) + leaseGraceMs

const storedResult = (partner: PartnerDoc): CaptureResult => {
  const { _id: partnerId, sync, latest } = partner
  if (sync.lastError)
    return { partnerId, ok: false, reason: sync.lastError.reason, stage: sync.lastError.stage, message: sync.lastError.message }
  if (latest) return { partnerId, ok: true, snapshot: latest }
  return aborted(partnerId, 'The capture that was in flight was aborted.')
}

const aborted = (partnerId: string, message: string): CaptureResult => ({
  partnerId,
  ok: false,
  reason: 'aborted',
  stage: 'query',
  message,
})

/** Differs as soon as one more capture has worked or failed. */
const outcomeOf = ({ sync }: PartnerDoc) => `${sync.lastSyncAt?.getTime()} ${sync.lastError?.at.getTime()}`

/** Runs captures in this process: what is due by its slot, and what is asked for. */
export const createSweeper = (deps: SweeperDeps): Sweeper => {
  const stopping = new AbortController()
  const inFlight = new Map<string, Promise<CaptureResult>>()
  const asked = new Set<Promise<CaptureResult[]>>()
  const gate = createGate()
  let filling: Promise<void> | undefined
  let isFull = false
  let lastSweepAt: Date | null = null

  const newLease = (settings: Settings) => {
    const now = deps.now()
    return { id: deps.newId(), now, until: new Date(now.getTime() + leaseMs(settings)) }
  }

  /** Gives the place at the gate back unless the claim brings a partner. */
  const claimInPlace = async (claim: Promise<PartnerDoc | null>): Promise<PartnerDoc | null> => {
    let partner: PartnerDoc | null = null
    try {
      partner = await claim
      return partner
    } finally {
      if (!partner) gate.leave()
    }
  }

  /** The capture takes over the place at the gate. */
  const start = (claimed: ClaimedCapture, settings: Settings): Promise<CaptureResult> => {
    const { _id } = claimed.partner
    const capture = capturePartner(deps, claimed, settings, stopping.signal).finally(() => {
      if (inFlight.get(_id) === capture) inFlight.delete(_id)
      gate.leave()
      if (isFull) sweep().catch((err: unknown) => deps.log.error({ run: 'sweep', err }, 'sweep failed'))
    })
    inFlight.set(_id, capture)
    return capture
  }

  const fill = async () => {
    const settings = await deps.settings.read()
    gate.resize(settings.concurrentPartnerLimit)
    isFull = false
    while (!stopping.signal.aborted) {
      if (!gate.tryEnter()) {
        isFull = true
        return
      }
      const lease = newLease(settings)
      const partner = await claimInPlace(deps.partners.claimDue(lease))
      if (!partner) return
      const slot = partner.schedule.dueAt
      const nextDueAt = nextSlot(partner._id, lease.now, settings.captureIntervalSeconds * 1000)
      start({ partner, leaseId: lease.id, slot, nextDueAt, by: 'sweep' }, settings).catch((err: unknown) =>
        deps.log.error({ run: 'capture', partnerId: partner._id, err }, 'capture failed'),
      )
    }
  }

  const sweep = async (): Promise<void> => {
    if (stopping.signal.aborted) return
    lastSweepAt = deps.now()
    filling ??= fill().finally(() => {
      filling = undefined
    })
    await filling
  }

  /** Resolves with what the process that holds the partner's lease made of it; `null` when it made nothing. */
  const join = async (joined: PartnerDoc): Promise<CaptureResult | null> => {
    for (let current: PartnerDoc | null = joined; current; current = await deps.partners.find(joined._id)) {
      if (outcomeOf(current) !== outcomeOf(joined)) return storedResult(current)
      if (stopping.signal.aborted) return aborted(joined._id, stopsMessage)
      if (current.schedule.leaseId !== joined.schedule.leaseId || current.schedule.leasedUntil <= deps.now()) return null
      await deps.wait(joinPollMs, stopping.signal)
    }
    return null
  }

  const captureOne = async (id: string, by: string, settings: Settings): Promise<CaptureResult> => {
    for (;;) {
      const running = inFlight.get(id)
      if (running) return running
      await gate.enter()
      if (stopping.signal.aborted) {
        gate.leave()
        return aborted(id, stopsMessage)
      }
      const lease = newLease(settings)
      const partner = await claimInPlace(deps.partners.claim(id, lease))
      if (partner) return start({ partner, leaseId: lease.id, slot: null, nextDueAt: partner.schedule.dueAt, by }, settings)
      const holder = await deps.partners.find(id)
      if (!holder) return aborted(id, 'The partner was deleted meanwhile.')
      const result = inFlight.get(id) ?? (await join(holder))
      if (result) return result
    }
  }

  const captureAll = async (partnerIds: readonly string[] | undefined, by: string, watch?: CaptureWatch): Promise<CaptureResult[]> => {
    for (const [index, id] of (partnerIds ?? []).entries())
      if (!(await deps.partners.find(id))) throw invalidField(`partnerIds.${index}`, 'there is no such partner')
    const ids = [...new Set(partnerIds ?? (await deps.partners.activeIds()))]
    const settings = await deps.settings.read()
    gate.resize(settings.concurrentPartnerLimit)
    watch?.started(ids)
    return Promise.all(
      ids.map(async (id) => {
        const result = await captureOne(id, by, settings)
        watch?.captured(result)
        return result
      }),
    )
  }

  return {
    sweep,
    captureNow: (partnerIds, by, watch) => {
      const answer = captureAll(partnerIds, by, watch).finally(() => asked.delete(answer))
      asked.add(answer)
      return answer
    },
    state: () => ({ lastSweepAt, inFlight: inFlight.size }),
    stop: async () => {
      stopping.abort()
      await Promise.allSettled([filling, ...asked])
      await Promise.allSettled(inFlight.values())
    },
  }
}
