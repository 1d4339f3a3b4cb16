import type { NewPartner, PartnerPatch } from '../../../../../functions/partners/schema.ts'
import type { NewConnection } from '../../../../../shared/partner/connection-schema.ts'
import { type LoginValues, type PartnerValues, type SavedLogin, type SavedPartner, type SecretValue, savedJump } from './partner-values.ts'

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

const sshCredentials = (login: LoginValues, saved: SavedLogin | undefined) => {
  const password = login.signIn === 'key' ? undefined : enteredSecret(login.password, saved?.hasPassword ?? false)
  if (login.signIn === 'password') return { password }
  const privateKey = enteredSecret(login.privateKey, saved?.hasPrivateKey ?? false)
  // A passphrase belongs to its key: with another key the stored one is not kept.
  const keepsKey = privateKey === stored
  return {
    password,
    privateKey,
    passphrase: enteredSecret(login.passphrase, keepsKey && (saved?.hasPassphrase ?? false)),
    certificate: login.certificate.trim() || undefined,
  }
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')

/** Authorities as in files that end with .pub, or as a file known_hosts marks them. */
const authoritiesOf = (text: string): string[] => linesOf(text).map((line) => line.replace(/^@cert-authority\s+\S+\s+/, ''))

const loginInput = (login: LoginValues, saved: SavedLogin | undefined) =>
  sent({
    host: login.host,
    port: toNumber(login.port),
    username: login.username,
    ...sshCredentials(login, saved),
    hostKeySha256: login.trust === 'pin' ? login.hostKeySha256.trim() : undefined,
    trustOnFirstUse: login.trust === 'first-use' || undefined,
    ...(login.trust === 'authority' && { hostCa: authoritiesOf(login.hostCa), revokedKeys: linesOf(login.revokedKeys) }),
  })

const sshInput = ({ ssh }: PartnerValues, saved: SavedPartner | null) =>
  ssh.enabled
    ? {
        enabled: true,
        ...loginInput(ssh, saved?.ssh),
        ...(ssh.jumps.length > 0 && { jumps: ssh.jumps.map((jump, index) => loginInput(jump, savedJump(saved, index, jump))) }),
      }
    : { enabled: false }

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
  }) as unknown as NewConnection

/** What `NewPartner` checks. For a saved partner, a kept secret only counts as present. */
export const toNewPartner = (values: PartnerValues, saved: SavedPartner | null): NewPartner => ({
  ...profileInput(values),
  ...toConnection(values, saved),
})

/** Whether the connection uses a secret that only the server knows. */
export const usesStoredSecrets = (values: PartnerValues, saved: SavedPartner | null) => {
  const { db, ssh } = toConnection(values, saved)
  const logins = [ssh, ...(ssh.jumps ?? [])]
  return [db.password, db.tlsKey, ...logins.flatMap((login) => [login.password, login.privateKey, login.passphrase])].includes(stored)
}

const changed = <Fields extends object>(fields: Fields, from: { [Name in keyof Fields]: unknown }) =>
  Object.fromEntries(
    (Object.entries(fields) as [keyof Fields & string, unknown][]).filter(([name, value]) => value !== undefined && value !== from[name]),
  ) as { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> }

const changedSecret = (secret: SecretValue, isStored: boolean) => {
  if (secret.text !== '') return secret.text
  return secret.isCleared && isStored ? null : undefined
}

const unusedSecret = (isStored: boolean) => (isStored ? null : undefined)

const changedSignIn = (login: LoginValues, saved: SavedLogin | undefined) => {
  const { hasPassword = false, hasPrivateKey = false, hasPassphrase = false, certificate: before = null } = saved ?? {}
  const password = login.signIn === 'key' ? unusedSecret(hasPassword) : changedSecret(login.password, hasPassword)
  if (login.signIn === 'password') return sent({ password, privateKey: unusedSecret(hasPrivateKey) })
  const privateKey = changedSecret(login.privateKey, hasPrivateKey)
  const certificate = login.certificate.trim() || null
  return sent({
    password,
    privateKey,
    passphrase: changedSecret(login.passphrase, hasPassphrase),
    // The API drops the certificate of a key that is replaced.
    certificate: certificate !== before || (privateKey && certificate) ? certificate : undefined,
  })
}

const changedLines = (lines: string[], before: readonly string[]) => (lines.join('\n') === before.join('\n') ? undefined : lines)

/** The API drops the key and the trust of a server that moved, so the form sends again what it shows of them. */
const changedTrust = (login: LoginValues, saved: SavedLogin | undefined, hasMoved: boolean) => {
  const sha256 = login.trust === 'pin' ? login.hostKeySha256.trim() : null
  const trustOnFirstUse = login.trust === 'first-use'
  const before = saved?.hostKey?.sha256 ?? null
  const { hostCa = [], revokedKeys = [] } = saved ?? {}
  if (login.trust === 'authority')
    return sent({
      hostCa: changedLines(authoritiesOf(login.hostCa), hostCa),
      revokedKeys: changedLines(linesOf(login.revokedKeys), revokedKeys),
    })
  return sent({
    hostCa: hostCa.length > 0 ? null : undefined,
    hostKeySha256: sha256 !== before || (hasMoved && sha256 !== null) ? sha256 : undefined,
    trustOnFirstUse: trustOnFirstUse !== (saved?.trustOnFirstUse ?? false) || (hasMoved && trustOnFirstUse) ? trustOnFirstUse : undefined,
  })
}

const jumpAddress = ({ host, port, username }: { host: string; port: string | number; username: string }) => ({
  host: host.trim(),
  port: toNumber(String(port)),
  username: username.trim(),
})

/** All hops, or nothing where they are as they were: of one that is as it was, what did not change stays where it is. */
const jumpsPatch = ({ ssh }: PartnerValues, saved: SavedPartner) => {
  const jumps = ssh.jumps.map((jump, index) => {
    const stored = savedJump(saved, index, jump)
    return { ...jumpAddress(jump), ...changedSignIn(jump, stored), ...changedTrust(jump, stored, false) }
  })
  return JSON.stringify(jumps) === JSON.stringify(saved.ssh.jumps.map(jumpAddress)) ? {} : { jumps }
}

const sshPatch = ({ ssh, ...values }: PartnerValues, partner: SavedPartner) => {
  const saved = partner.ssh
  if (!ssh.enabled) return changed({ enabled: false }, saved)
  const address = changed({ enabled: true, host: ssh.host.trim(), port: toNumber(ssh.port), username: ssh.username.trim() }, saved)
  const hasMoved = address.host !== undefined || address.port !== undefined
  return {
    ...address,
    ...changedSignIn(ssh, saved),
    ...changedTrust(ssh, saved, hasMoved),
    ...jumpsPatch({ ssh, ...values }, partner),
  }
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
    ...unlessEmpty('ssh', sshPatch(values, saved)),
  }
}
