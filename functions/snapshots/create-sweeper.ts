import { invalidField } from '../../shared/errors.ts'
import type { PartnerDoc, PartnerStore } from '../../shared/mongo/partners.ts'
import type { Settings } from '../../shared/settings.ts'
import { type CapturePartnerDeps, type CaptureResult, type ClaimedCapture, capturePartner } from './capture-partner.ts'
import { nextSlot } from './next-slot.ts'

export type SweeperDeps = CapturePartnerDeps & {
  partners: Pick<PartnerStore, 'claimDue' | 'claim' | 'find' | 'activeIds'>
  settings: { read: () => Promise<Settings> }
  /** Resolves after `ms`, or at once when the signal aborts. */
  wait: (ms: number, signal: AbortSignal) => Promise<void>
}

export type Sweeper = {
  /** Starts the captures that are due, up to the limit; it does not wait for them. */
  sweep: () => Promise<void>
  /** Captures these partners (or all active ones) now. A partner already in flight, here or elsewhere, is joined. */
  captureNow: (partnerIds: readonly string[] | undefined, by: string) => Promise<CaptureResult[]>
  /** When the last sweep began, and how many captures run. */
  state: () => { lastSweepAt: Date | null; inFlight: number }
  /** Takes no new work, aborts the captures in flight and resolves when their leases are given back. */
  stop: () => Promise<void>
}

/** How much longer than the sum of a capture's limits its lease lasts, in milliseconds. */
const leaseGraceMs = 5_000
const joinPollMs = 200

const leaseMs = (settings: Settings) =>
  2 * settings.sshConnectTimeoutMs +
  settings.sshAuthTimeoutMs +
  settings.tunnelTimeoutMs +
  settings.dbConnectTimeoutMs +
  settings.queryTimeoutMs +
  leaseGraceMs

const storedResult = (partner: PartnerDoc): CaptureResult => {
  const { _id: partnerId, sync, latest } = partner
  if (sync.lastError)
    return { partnerId, ok: false, reason: sync.lastError.reason, stage: sync.lastError.stage, message: sync.lastError.message }
  if (latest) return { partnerId, ok: true, snapshot: latest }
  return { partnerId, ok: false, reason: 'aborted', stage: 'query', message: 'The capture that was in flight was aborted.' }
}

/** Runs captures in this process: what is due by its slot, and what is asked for. */
export const createSweeper = (deps: SweeperDeps): Sweeper => {
  const stopping = new AbortController()
  const inFlight = new Map<string, Promise<CaptureResult>>()
  let filling: Promise<void> | undefined
  let isFull = false
  let lastSweepAt: Date | null = null

  const newLease = (settings: Settings) => {
    const now = deps.now()
    return { id: deps.newId(), now, until: new Date(now.getTime() + leaseMs(settings)) }
  }

  const start = (claimed: ClaimedCapture, settings: Settings): Promise<CaptureResult> => {
    const { _id } = claimed.partner
    const capture = capturePartner(deps, claimed, settings, stopping.signal).finally(() => {
      inFlight.delete(_id)
      if (isFull) sweep().catch((err: unknown) => deps.log.error({ run: 'sweep', err }, 'sweep failed'))
    })
    inFlight.set(_id, capture)
    return capture
  }

  const fill = async () => {
    const settings = await deps.settings.read()
    isFull = false
    while (!stopping.signal.aborted) {
      if (inFlight.size >= settings.concurrentPartnerLimit) {
        isFull = true
        return
      }
      const lease = newLease(settings)
      const partner = await deps.partners.claimDue(lease)
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

  const captureOne = async (id: string, by: string): Promise<CaptureResult> => {
    for (;;) {
      const running = inFlight.get(id)
      if (running) return running
      const settings = await deps.settings.read()
      const lease = newLease(settings)
      const partner = await deps.partners.claim(id, lease)
      if (partner) return start({ partner, leaseId: lease.id, slot: null, nextDueAt: partner.schedule.dueAt, by }, settings)
      const joined = await deps.partners.find(id)
      if (!joined) return { partnerId: id, ok: false, reason: 'aborted', stage: 'query', message: 'The partner was deleted meanwhile.' }
      for (let current: PartnerDoc | null = joined; current; current = await deps.partners.find(id)) {
        if (current.schedule.leaseId !== joined.schedule.leaseId) return storedResult(current)
        if (current.schedule.leasedUntil <= deps.now() || stopping.signal.aborted) break
        await deps.wait(joinPollMs, stopping.signal)
      }
      if (stopping.signal.aborted) return storedResult({ ...joined, latest: null, sync: { ...joined.sync, lastError: null } })
    }
  }

  return {
    sweep,
    captureNow: async (partnerIds, by) => {
      const ids = [...new Set(partnerIds ?? (await deps.partners.activeIds()))]
      if (partnerIds)
        for (const [index, id] of ids.entries())
          if (!(await deps.partners.find(id))) throw invalidField(`partnerIds.${index}`, 'there is no such partner')
      const { concurrentPartnerLimit } = await deps.settings.read()
      const results: CaptureResult[] = []
      const queue = ids.entries()
      const work = async () => {
        for (const [index, id] of queue) results[index] = await captureOne(id, by)
      }
      await Promise.all(Array.from({ length: Math.min(concurrentPartnerLimit, ids.length) }, work))
      return results
    },
    state: () => ({ lastSweepAt, inFlight: inFlight.size }),
    stop: async () => {
      stopping.abort()
      await filling
      await Promise.allSettled(inFlight.values())
    },
  }
}
