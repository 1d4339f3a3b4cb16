import type { PartnerDoc, SshLoginDoc } from '../../shared/node/mongo/partners/partners.ts'

type Fields = Record<string, unknown>

const mask = (secret: string | null) => (secret === null ? null : '[sealed]')

const auditedLogin = <Login extends SshLoginDoc>({ presentedHostKey, ...login }: Login) => ({
  ...login,
  password: mask(login.password),
  privateKey: mask(login.privateKey),
  passphrase: mask(login.passphrase),
})

/** A partner as the audit log keeps it: secrets masked, without the state that captures write. */
export const auditedPartner = (doc: PartnerDoc): Fields & { db: Fields; ssh: Fields } => {
  const { _id, nameKey, schedule, latest, trend, sync, version, createdAt, updatedAt, db, ssh, ...profile } = doc
  return {
    ...profile,
    db: { ...db, password: mask(db.password), tlsKey: mask(db.tlsKey ?? null) },
    ssh: { ...auditedLogin(ssh), jumps: (ssh.jumps ?? []).map(auditedLogin) },
  }
}

const pickNested = (fields: Fields, keep: (path: string) => boolean, prefix = ''): Fields =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]): [string, unknown][] => {
      const path = `${prefix}${name}`
      if (path !== 'db' && path !== 'ssh') return keep(path) ? [[name, value]] : []
      const picked = pickNested(value as Fields, keep, `${path}.`)
      return Object.keys(picked).length > 0 ? [[name, picked]] : []
    }),
  )

/** What an update's audit entry shows: the fields that differ, and the secrets that were set again though they look the same. */
export const auditedChange = (before: PartnerDoc, after: PartnerDoc) => {
  const valueAt = (doc: PartnerDoc, path: string): unknown => path.split('.').reduce((value: unknown, name) => (value as Fields)[name], doc)
  const differs = (path: string) => JSON.stringify(valueAt(before, path)) !== JSON.stringify(valueAt(after, path))
  return { before: pickNested(auditedPartner(before), differs), after: pickNested(auditedPartner(after), differs) }
}
