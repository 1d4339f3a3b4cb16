import type { PartnerDoc } from '../node/mongo/partners/partners.ts'
import type { Partner } from './partner-schema.ts'

/** A partner as the API shows it: secrets are only said to be there. */
export const partnerView = (doc: PartnerDoc): Partner => {
  const {
    _id,
    nameKey: _nameKey,
    schedule: _schedule,
    latest: _latest,
    trend: _trend,
    remainingCount: _count,
    db,
    ssh,
    sync,
    ...profile
  } = doc
  const { password, ...database } = db
  const { password: sshPassword, privateKey, passphrase, hostKey, ...address } = ssh
  return {
    id: _id,
    ...profile,
    db: { ...database, hasPassword: password !== null },
    ssh: {
      ...address,
      hasPassword: sshPassword !== null,
      hasPrivateKey: privateKey !== null,
      hasPassphrase: passphrase !== null,
      hostKey: hostKey && { ...hostKey, trustedAt: hostKey.trustedAt.toISOString() },
    },
    sync: {
      ...sync,
      lastSyncAt: sync.lastSyncAt?.toISOString() ?? null,
      lastError: sync.lastError && { ...sync.lastError, at: sync.lastError.at.toISOString() },
    },
    createdAt: doc.createdAt.toISOString(),
    updatedAt: doc.updatedAt.toISOString(),
  }
}
