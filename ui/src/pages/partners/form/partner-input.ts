import type { NewPartner, PartnerPatch } from '../../../../../functions/partners/schema.ts'
import type { NewConnection } from '../../../../../shared/partner/connection-schema.ts'
import type { PartnerValues, SavedPartner, SecretValue } from './partner-values.ts'

/** Stands for a secret that is stored, where the schema only asks whether there is one. It is never sent. */
const stored = 'stored'

/** An empty field is not a zero: the schema refuses NaN. */
const toNumber = (text: string) => (text.trim() === '' ? Number.NaN : Number(text))

const enteredSecret = (secret: SecretValue, isStored: boolean) => {
  if (secret.text !== '') return secret.text
  return isStored && !secret.isCleared ? stored : undefined
}

const sent = <Fields extends object>(fields: Fields) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Fields]?: Exclude<Fields[Name], undefined>
  }

const sshCredentials = ({ ssh }: PartnerValues, saved: SavedPartner | null) => {
  if (ssh.signIn === 'password') return { password: enteredSecret(ssh.password, saved?.ssh.hasPassword ?? false) }
  const privateKey = enteredSecret(ssh.privateKey, saved?.ssh.hasPrivateKey ?? false)
  // A passphrase belongs to its key: with another key the stored one is not kept.
  const keepsKey = privateKey === stored
  return { privateKey, passphrase: enteredSecret(ssh.passphrase, keepsKey && (saved?.ssh.hasPassphrase ?? false)) }
}

const sshInput = (values: PartnerValues, saved: SavedPartner | null) => {
  const { ssh } = values
  if (!ssh.enabled) return { enabled: false }
  return sent({
    enabled: true,
    host: ssh.host,
    port: toNumber(ssh.port),
    username: ssh.username,
    ...sshCredentials(values, saved),
    hostKeySha256: ssh.trust === 'pin' ? ssh.hostKeySha256.trim() : undefined,
    trustOnFirstUse: ssh.trust === 'first-use' || undefined,
  })
}

const profileInput = (values: PartnerValues) => ({
  partnerName: values.partnerName,
  tenantId: toNumber(values.tenantId),
  timezone: values.timezone.trim(),
  isActive: values.isActive,
  priority: toNumber(values.priority),
  concurrencyLimit: toNumber(values.concurrencyLimit),
  maxConcurrency: toNumber(values.maxConcurrency),
  pauseNonPriorityCampaigns: values.pauseNonPriorityCampaigns,
})

const tlsInput = ({ db }: PartnerValues, saved: SavedPartner | null) => ({
  tls: db.tls,
  tlsCa: db.tlsCa.trim() || undefined,
  tlsCertificate: db.tlsCertificate.trim() || undefined,
  tlsKey: enteredSecret(db.tlsKey, (saved?.db.hasTlsKey ?? false) && db.tlsCertificate.trim() !== ''),
})

/** The connection in the form that a probe takes. */
export const toConnection = (values: PartnerValues, saved: SavedPartner | null): NewConnection =>
  ({
    db: sent({
      type: 'mysql' as const,
      host: values.db.host,
      port: toNumber(values.db.port),
      name: values.db.name,
      username: values.db.username,
      password: enteredSecret(values.db.password, saved?.db.hasPassword ?? false),
      ...tlsInput(values, saved),
    }),
    ssh: sshInput(values, saved),
  }) as NewConnection

/** What `NewPartner` checks. For a saved partner, a kept secret only counts as present. */
export const toNewPartner = (values: PartnerValues, saved: SavedPartner | null): NewPartner => ({
  ...profileInput(values),
  ...toConnection(values, saved),
})

/** Whether the connection uses a secret that only the server knows. */
export const usesStoredSecrets = (values: PartnerValues, saved: SavedPartner | null) => {
  const { db, ssh } = toConnection(values, saved)
  return [db.password, db.tlsKey, ssh.password, ssh.privateKey, ssh.passphrase].includes(stored)
}

const changed = <Fields extends object>(fields: Fields, from: { [Name in keyof Fields]: unknown }) =>
  Object.fromEntries(
    (Object.entries(fields) as [keyof Fields & string, unknown][]).filter(([name, value]) => value !== undefined && value !== from[name]),
  ) as { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> }

const changedSecret = (secret: SecretValue, isStored: boolean) => {
  if (secret.text !== '') return secret.text
  return secret.isCleared && isStored ? null : undefined
}

const changedSshSecrets = ({ ssh }: PartnerValues, saved: SavedPartner['ssh']) =>
  sent(
    ssh.signIn === 'password'
      ? { password: changedSecret(ssh.password, saved.hasPassword) }
      : {
          privateKey: changedSecret(ssh.privateKey, saved.hasPrivateKey),
          passphrase: changedSecret(ssh.passphrase, saved.hasPassphrase),
        },
  )

/** The API drops the key and the trust of a server that moved, so the form sends again what it shows of them. */
const changedTrust = ({ ssh }: PartnerValues, saved: SavedPartner['ssh'], hasMoved: boolean) => {
  const sha256 = ssh.trust === 'pin' ? ssh.hostKeySha256.trim() : null
  const trustOnFirstUse = ssh.trust === 'first-use'
  const before = saved.hostKey?.sha256 ?? null
  return sent({
    hostKeySha256: sha256 !== before || (hasMoved && sha256 !== null) ? sha256 : undefined,
    trustOnFirstUse: trustOnFirstUse !== saved.trustOnFirstUse || (hasMoved && trustOnFirstUse) ? trustOnFirstUse : undefined,
  })
}

const sshPatch = (values: PartnerValues, saved: SavedPartner['ssh']) => {
  const { ssh } = values
  if (!ssh.enabled) return changed({ enabled: false }, saved)
  const address = changed({ enabled: true, host: ssh.host.trim(), port: toNumber(ssh.port), username: ssh.username.trim() }, saved)
  const hasMoved = address.host !== undefined || address.port !== undefined
  return { ...address, ...changedSshSecrets(values, saved), ...changedTrust(values, saved, hasMoved) }
}

const unlessEmpty = <Fields extends object>(name: string, fields: Fields) => (Object.keys(fields).length > 0 ? { [name]: fields } : {})

/** The change from the saved partner to what was entered, and nothing else. */
export const toPatch = (values: PartnerValues, saved: SavedPartner): PartnerPatch => {
  const { password, tlsKey, ...database } = values.db
  const profile = profileInput({ ...values, partnerName: values.partnerName.trim() })
  const db = {
    ...changed(
      {
        host: database.host.trim(),
        port: toNumber(database.port),
        name: database.name.trim(),
        username: database.username.trim(),
        tls: database.tls,
        tlsCa: database.tlsCa.trim() || null,
        tlsCertificate: database.tlsCertificate.trim() || null,
      },
      { ...saved.db, tlsCa: saved.db.tlsCa?.trim() ?? null, tlsCertificate: saved.db.tlsCertificate?.trim() ?? null },
    ),
    ...sent({
      password: changedSecret(password, saved.db.hasPassword),
      tlsKey: changedSecret(tlsKey, saved.db.hasTlsKey),
    }),
  }
  return {
    version: saved.version,
    ...changed(profile, saved),
    ...unlessEmpty('db', db),
    ...unlessEmpty('ssh', sshPatch(values, saved.ssh)),
  }
}
