import type { DatabaseSync } from 'node:sqlite'
import { createSeededRandom } from './seeded-random.ts'
import { type WorkloadProfileName, workloadProfiles } from './workload-profiles.ts'
import { createWorkloadTables } from './workload-tables.ts'

type Campaign = { id: number; waiting: number[]; openCalls: number }
type Call = { id: number; campaign: Campaign; endsAtMs: number }

const tickMs = 1_000
const dayMs = 240_000
const minCallMs = 20_000
const maxCallMs = 60_000
const maxCatchUpMs = 600_000
/** The longest local day: what ended in the partner's current day is never forgotten. */
const retentionMs = 25 * 3_600_000
const jobTitles = ['Registered Nurse', 'Forklift Driver', 'Line Cook', 'Data Analyst', null]
const endings: [upTo: number, status: string, endReason: string | null][] = [
  [0.34, 'ENDED', 'voicemail'],
  [0.66, 'ENDED', 'customer-ended-call'],
  [0.86, 'ENDED', 'assistant-ended-call'],
  [0.95, 'ENDED', null],
  [0.99, 'FAILED', null],
  [1, 'CANCELLED', null],
]

/**
 * The campaigns and calls of one partner, lived in steps of one second in its own tables. The same seed, profile, start and
 * sequence of `advance` calls give the same rows; a gap of more than ten minutes is skipped, as when a laptop slept.
 */
export const createWorkload = (database: DatabaseSync, options: { seed: number; profile: WorkloadProfileName; startMs: number }) => {
  const profile = workloadProfiles[options.profile]
  const random = createSeededRandom(options.seed)
  const tables = createWorkloadTables(database, profile.concurrencyLimit, options.startMs)
  const callsPerTick = (profile.concurrencyLimit * tickMs) / ((minCallMs + maxCallMs) / 2)
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!
  let lastTickMs = options.startMs
  let campaignsMade = 0
  let campaigns: Campaign[] = []
  let active: Call[] = []
  const queue: Call[] = []

  const endCalls = (atMs: number) => {
    for (const call of active) {
      if (call.endsAtMs > atMs) continue
      const chance = random()
      const [, status, endReason] = endings.find(([upTo]) => chance < upTo)!
      tables.endCall(call.id, status, endReason, atMs)
      call.campaign.openCalls -= 1
      if (endReason === 'assistant-ended-call' && random() < 0.3) tables.addSubmittal(atMs)
    }
    active = active.filter((call) => call.endsAtMs > atMs)
  }

  const turnOverCampaigns = (atMs: number) => {
    for (const campaign of campaigns) if (campaign.waiting.length + campaign.openCalls === 0) tables.finishCampaign(campaign.id)
    campaigns = campaigns.filter((campaign) => campaign.waiting.length + campaign.openCalls > 0)
    let missing = profile.campaigns - campaigns.filter((campaign) => campaign.waiting.length > 0).length
    for (; missing > 0; missing -= 1) {
      const first = Math.floor(random() * 5_000)
      const size = Math.ceil(profile.contactsPerCampaign * (0.5 + random()))
      const waiting = Array.from({ length: size }, (_, index) => first + index)
      campaignsMade += 1
      campaigns.push({ id: tables.addCampaign(`Campaign ${campaignsMade}`, pick(jobTitles), waiting, atMs), waiting, openCalls: 0 })
    }
  }

  const queueCalls = (atMs: number) => {
    const load = profile.baseLoad + profile.loadSwing * Math.sin((2 * Math.PI * (atMs - options.startMs)) / dayMs)
    for (let arrivals = Math.floor(load * callsPerTick + random()); arrivals > 0 && queue.length < profile.maxQueued; arrivals -= 1) {
      const ready = campaigns.filter((campaign) => campaign.waiting.length > 0)
      if (ready.length === 0) return
      const campaign = pick(ready)
      campaign.openCalls += 1
      queue.push({ id: tables.queueCall(campaign.id, campaign.waiting.pop()!, atMs), campaign, endsAtMs: 0 })
    }
  }

  const startCalls = (atMs: number) => {
    for (const call of queue.splice(0, profile.concurrencyLimit - active.length)) {
      call.endsAtMs = atMs + minCallMs + random() * (maxCallMs - minCallMs)
      tables.startCall(call.id, atMs)
      active.push(call)
    }
  }

  const tick = (atMs: number) => {
    endCalls(atMs)
    turnOverCampaigns(atMs)
    queueCalls(atMs)
    startCalls(atMs)
  }

  return {
    advance: (nowMs: number) => {
      if (nowMs - lastTickMs > maxCatchUpMs) lastTickMs = nowMs - maxCatchUpMs
      if (nowMs - lastTickMs < tickMs) return
      database.exec('BEGIN')
      for (; lastTickMs + tickMs <= nowMs; lastTickMs += tickMs) tick(lastTickMs + tickMs)
      tables.forgetBefore(nowMs - retentionMs)
      database.exec('COMMIT')
    },
  }
}
