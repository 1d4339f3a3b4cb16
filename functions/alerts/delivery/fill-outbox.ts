import type { AlertEvent } from '../../../shared/alert/alert-state.ts'
import type { AlertChannelDoc, AlertChannelStore } from '../../../shared/node/mongo/alerts/alert-channels.ts'
import type { AlertLogStore } from '../../../shared/node/mongo/alerts/alert-logs.ts'
import type { AlertOutbox } from '../../../shared/node/mongo/alerts/alert-outbox.ts'
import type { AlertStateDoc, AlertStateStore } from '../../../shared/node/mongo/alerts/alert-states.ts'
import type { PartnerStore } from '../../../shared/node/mongo/partners/partners.ts'
import { fleetSubject } from '../lifecycle/change-subject.ts'

export type FillOutboxDeps = {
  states: Pick<AlertStateStore, 'withJournal' | 'removeFromJournal' | 'settle'>
  alertLogs: Pick<AlertLogStore, 'find' | 'record'>
  channels: Pick<AlertChannelStore, 'list'>
  outbox: Pick<AlertOutbox, 'add' | 'channelsNotified'>
  partners: Pick<PartnerStore, 'find'>
}

const batch = 100

/** An escalation channel gets an alert from its escalation on. */
const wants = (channel: AlertChannelDoc, event: AlertEvent, partnerId: string | null) =>
  (channel.isEscalation ? event.alert.escalatedAt !== null : !event.toEscalation) &&
  channel.levels.includes(event.alert.level) &&
  (channel.partnerIds === null || (partnerId !== null && channel.partnerIds.includes(partnerId)))

/** The end and the acknowledgement of an alert go where the alert went, whatever its level or the channel's settings are by now. */
const receiversOf = async (deps: FillOutboxDeps, channels: readonly AlertChannelDoc[], event: AlertEvent, partnerId: string | null) => {
  const active = channels.filter((channel) => channel.isActive)
  if (event.notice !== 'resolved' && event.notice !== 'acknowledged') return active.filter((channel) => wants(channel, event, partnerId))
  const told = await deps.outbox.channelsNotified(event.alert.id)
  return active.filter((channel) => told.includes(channel._id))
}

const fillForSubject = async (deps: FillOutboxDeps, doc: AlertStateDoc, channels: readonly AlertChannelDoc[]) => {
  const partnerId = doc._id === fleetSubject ? null : doc._id
  const partner = partnerId === null ? null : await deps.partners.find(partnerId)
  for (const event of doc.journal) {
    // A partner that is gone keeps the name that its alert had.
    const partnerName = partner?.partnerName ?? (await deps.alertLogs.find(event.alert.id))?.partnerName ?? partnerId
    await deps.alertLogs.record({ subjectId: doc._id, partnerId, partnerName }, event)
    if (event.notice)
      for (const channel of await receiversOf(deps, channels, event, partnerId))
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
          begunAt: null,
          attempts: 0,
          lastCode: null,
          endedAt: null,
        })
    await deps.states.removeFromJournal(doc._id, event)
  }
  await deps.states.settle(doc._id)
}

/**
 * Hands what happened on: to the alerts' logs and to the outbox. Every step may be repeated, so that a process that dies in between, or two
 * that do it at once, neither lose an event nor add one. Each subject has one turn, so that what keeps happening holds up no delivery. A subject
 * that fails holds back no other; an error is thrown at the end.
 */
export const fillOutbox = async (deps: FillOutboxDeps): Promise<void> => {
  const handled = new Set<string>()
  const failures: unknown[] = []
  for (;;) {
    const waiting = (await deps.states.withJournal(batch + handled.size)).filter((doc) => !handled.has(doc._id))
    if (waiting.length === 0) break
    const channels = await deps.channels.list()
    for (const doc of waiting) {
      handled.add(doc._id)
      await fillForSubject(deps, doc, channels).catch((error: unknown) => failures.push(error))
    }
  }
  for (const error of failures) throw error
}
