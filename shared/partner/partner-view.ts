import type { PartnerDoc, SshLoginDoc } from '../node/mongo/partners/partners.ts'
import type { Partner } from './partner-schema.ts'

const sshLoginView = <Login extends SshLoginDoc>({ password, privateKey, passphrase, hostKey, ...login }: Login) => ({
  ...login,
  hasPassword: password !== null,
  hasPrivateKey: privateKey !== null,
  hasPassphrase: passphrase !== null,
  certificate: login.certificate ?? null,
  hostCa: [...(login.hostCa ?? [])],
  revokedKeys: [...(login.revokedKeys ?? [])],
  hostKey: hostKey && { ...hostKey, trustedAt: hostKey.trustedAt.toISOString() },
})

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
  const { password, tlsKey = null, tls = 'off', tlsCa = null, tlsCertificate = null, ...database } = db
  return {
    id: _id,
    ...profile,
    db: { ...database, hasPassword: password !== null, tls, tlsCa, tlsCertificate, hasTlsKey: tlsKey !== null },
    ssh: { ...sshLoginView(ssh), jumps: (ssh.jumps ?? []).map(sshLoginView) },
    sync: {
      ...sync,
      lastSyncAt: sync.lastSyncAt?.toISOString() ?? null,
      certificateEndsAt: sync.certificateEndsAt?.toISOString() ?? null,
      lastError: sync.lastError && { ...sync.lastError, at: sync.lastError.at.toISOString() },
    },
    createdAt: doc.createdAt.toISOString(),
    updatedAt: doc.updatedAt.toISOString(),
  }
}
