import type { AlertEvent } from '../../shared/alert-state.ts'
import type { AlertChannelDoc, AlertChannelStore } from '../../shared/mongo/alert-channels.ts'
import type { AlertLogStore } from '../../shared/mongo/alert-logs.ts'
import type { AlertOutbox } from '../../shared/mongo/alert-outbox.ts'
import type { AlertStateDoc, AlertStateStore } from '../../shared/mongo/alert-states.ts'
import type { PartnerStore } from '../../shared/mongo/partners.ts'
import { fleetSubject } from './observe.ts'

export type HandOnDeps = {
  states: Pick<AlertStateStore, 'withJournal' | 'handedOn' | 'settle'>
  alertLogs: Pick<AlertLogStore, 'find' | 'record'>
  channels: Pick<AlertChannelStore, 'list'>
  outbox: Pick<AlertOutbox, 'add'>
  partners: Pick<PartnerStore, 'find'>
}

const batch = 100

/** A channel for escalations hears of an alert from its escalation on, its end included. */
const wants = (channel: AlertChannelDoc, event: AlertEvent, partnerId: string | null) =>
  channel.isActive &&
  (channel.isEscalation ? event.alert.escalatedAt !== null : !event.toEscalation) &&
  channel.levels.includes(event.alert.level) &&
  (channel.partnerIds === null || (partnerId !== null && channel.partnerIds.includes(partnerId)))

const handOnSubject = async (deps: HandOnDeps, doc: AlertStateDoc, channels: readonly AlertChannelDoc[]) => {
  const partnerId = doc._id === fleetSubject ? null : doc._id
  const partner = partnerId === null ? null : await deps.partners.find(partnerId)
  for (const event of doc.journal) {
    // A partner that is gone keeps the name that its alert had.
    const partnerName = partner?.partnerName ?? (await deps.alertLogs.find(event.alert.id))?.partnerName ?? partnerId
    await deps.alertLogs.record({ subjectId: doc._id, partnerId, partnerName }, event)
    if (event.notice)
      for (const channel of channels.filter((candidate) => wants(candidate, event, partnerId)))
        await deps.outbox.add({
          _id: `${event.alert.id}:${String(event.n).padStart(6, '0')}:${channel._id}`,
          channelId: channel._id,
          channelName: channel.name,
          alertId: event.alert.id,
          partnerId,
          partnerName,
          event,
          state: 'pending',
          createdAt: event.at,
          messageId: null,
          attempts: 0,
          lastCode: null,
          endedAt: null,
        })
    await deps.states.handedOn(doc._id, event)
  }
  await deps.states.settle(doc._id)
}

/**
 * Hands what happened on: to the alerts' logs and to the outbox. Every step may be repeated, so that a process that dies in between, or two
 * that do it at once, neither lose an event nor add one. A subject that fails holds back no other; its error is thrown at the end.
 */
export const handOn = async (deps: HandOnDeps): Promise<void> => {
  const failures = new Map<string, unknown>()
  for (;;) {
    const waiting = (await deps.states.withJournal(batch + failures.size)).filter((doc) => !failures.has(doc._id))
    if (waiting.length === 0) break
    const channels = await deps.channels.list()
    for (const doc of waiting) await handOnSubject(deps, doc, channels).catch((error: unknown) => failures.set(doc._id, error))
  }
  for (const error of failures.values()) throw error
}
