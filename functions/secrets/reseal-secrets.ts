import { sealedInChannel } from '../../shared/alert/channel-secrets.ts'
import { secretsTarget } from '../../shared/audit.ts'
import { AppError } from '../../shared/errors.ts'
import type { Actor } from '../../shared/http/app-env.ts'
import { isolateName } from '../../shared/isolate-name.ts'
import type { AuditLog } from '../../shared/node/mongo/access/audit-log.ts'
import type { AlertChannelStore } from '../../shared/node/mongo/alerts/alert-channels.ts'
import type { PartnerStore } from '../../shared/node/mongo/partners/partners.ts'
import { sealedInPartner } from '../../shared/partner/partner-target.ts'
import { SealError, type SealedValue, type Sealer } from '../../shared/sealer.ts'
import type { Resealed } from './schema.ts'

export type ResealDeps = {
  sealer: Sealer
  partners: Pick<PartnerStore, 'list' | 'find' | 'update'>
  channels: Pick<AlertChannelStore, 'list' | 'find' | 'update'>
  audit: Pick<AuditLog, 'record'>
}

type Holder = { id: string; name: string; version: number; sealed: SealedValue[] }
type Holders = {
  list: () => Promise<Holder[]>
  find: (id: string) => Promise<Holder | null>
  update: (id: string, version: number, envelopes: Record<string, string>) => Promise<'ok' | 'stale' | 'conflict'>
}

const maxTries = 5

const holdersIn = <Doc extends { _id: string; version: number }>(
  store: { list: () => Promise<Doc[]>; find: (id: string) => Promise<Doc | null>; update: Holders['update'] },
  nameOf: (doc: Doc) => string,
  sealedIn: (doc: Doc) => SealedValue[],
): Holders => {
  const read = (doc: Doc) => ({ id: doc._id, name: nameOf(doc), version: doc.version, sealed: sealedIn(doc) })
  return {
    list: async () => (await store.list()).map(read),
    find: async (id) => {
      const doc = await store.find(id)
      return doc && read(doc)
    },
    update: store.update,
  }
}

const sealAnew = (sealer: Sealer, { sealed, name }: Holder) => {
  const envelopes: Record<string, string> = {}
  const unreadable: Resealed['unreadable'] = []
  for (const { envelope, context } of sealed) {
    if (sealer.isCurrent(envelope)) continue
    try {
      envelopes[context.field] = sealer.seal(sealer.open(envelope, context), context)
    } catch (error) {
      if (!(error instanceof SealError)) throw error
      unreadable.push({ ...context, name })
    }
  }
  return { envelopes, unreadable, resealed: Object.keys(envelopes).length, current: sealed.length - unreadable.length }
}

/** One document, whoever else changes it meanwhile. `null`: it is gone. Throws `conflict` when it changes all the time. */
const resealOne = async ({ find, update }: Holders, sealer: Sealer, listed: Holder) => {
  let holder: Holder | null = listed
  for (let tries = 0; holder && tries < maxTries; tries += 1) {
    const { envelopes, ...counts } = sealAnew(sealer, holder)
    if (counts.resealed === 0 || (await update(holder.id, holder.version, envelopes)) === 'ok') return counts
    holder = await find(listed.id)
  }
  if (holder) throw new AppError('conflict', `${isolateName(listed.name)} is being changed by others: try again.`)
  return null
}

/** Seals again, under the current key, whatever another key sealed. What cannot be opened stays as it is and is named. */
export const resealSecrets = async (deps: ResealDeps, actor: Actor): Promise<Resealed> => {
  const result: Resealed = { current: 0, resealed: 0, unreadable: [] }
  const partners = holdersIn(deps.partners, ({ partnerName }) => partnerName, sealedInPartner)
  const channels = holdersIn(deps.channels, ({ name }) => name, sealedInChannel)
  for (const holders of [partners, channels])
    for (const holder of await holders.list()) {
      const counts = await resealOne(holders, deps.sealer, holder)
      result.current += counts?.current ?? 0
      result.resealed += counts?.resealed ?? 0
      result.unreadable.push(...(counts?.unreadable ?? []))
    }
  await deps.audit.record({
    actor,
    action: 'secrets.reseal',
    target: secretsTarget,
    before: null,
    after: { ...result, unreadable: result.unreadable.length },
  })
  return result
}
