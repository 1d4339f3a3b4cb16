import type { Channel } from '../../../shared/alert/channel.ts'
import type { Actor } from '../../../shared/http/app-env.ts'
import { SealError } from '../../../shared/sealer.ts'
import { type ChangeChannelDeps, requireChannel } from './require-channel.ts'

/** Sends a real message to a channel, past the outbox, and says what the provider answered: its code, never its body. */
export const testChannel = async (deps: ChangeChannelDeps, actor: Actor, id: string, signal: AbortSignal) => {
  const doc = await requireChannel(deps, id)
  const at = deps.now()
  let opened: Channel
  try {
    opened = deps.openChannel(doc)
  } catch (error) {
    if (error instanceof SealError) return { ok: false, code: 'secret', message: 'The stored secrets do not open: send them again.' }
    throw error
  }
  const messageId = deps.newId()
  const message = `This is a test of the channel ${doc.name}, sent by ${actor.name}.`
  const notice = {
    alertId: messageId,
    kind: 'fired-and-resolved',
    level: 'MEDIUM',
    ruleId: 'test',
    partnerId: null,
    partnerName: 'Test',
    message,
  } as const
  try {
    const result = await opened.send({ id: messageId, at, notices: [{ ...notice, firedAt: at, resolvedAt: at, note: null }] }, signal)
    return { ok: result.ok, code: result.code, message: result.ok ? 'The provider accepted the message.' : result.message }
  } finally {
    opened.close()
  }
}
