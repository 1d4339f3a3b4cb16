import { partnerTarget } from '../../shared/audit.ts'
import { AppError } from '../../shared/errors.ts'
import type { Actor } from '../../shared/http/app-env.ts'
import type { PartnerStore } from '../../shared/node/mongo/partners/partners.ts'
import type { Partner } from '../../shared/partner/partner-schema.ts'
import { partnerView } from '../../shared/partner/partner-view.ts'
import { privateKeyIssue } from '../../shared/partner/private-key-issue.ts'
import { auditedPartner } from './audited-partner.ts'
import { buildPartner, nameTaken } from './build-partner.ts'
import type { WriteDeps } from './partner-deps.ts'
import type { NewPartner } from './schema.ts'

export type CreatePartnerDeps = WriteDeps & { partners: Pick<PartnerStore, 'insert'> }

export const createPartner = async (deps: CreatePartnerDeps, actor: Actor, input: NewPartner): Promise<Partner> => {
  const issue = await privateKeyIssue(deps, input)
  if (issue) throw new AppError('invalid', `${issue.path}: ${issue.message}`, { issues: [issue] })
  const doc = buildPartner(deps, input, actor.name)
  if ((await deps.partners.insert(doc)) === 'conflict') throw nameTaken(input.partnerName)
  await deps.audit.record({
    actor,
    action: 'partner.create',
    target: partnerTarget(doc),
    before: null,
    after: auditedPartner(doc),
  })
  deps.changed()
  return partnerView(doc)
}
