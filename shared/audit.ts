/** What somebody may have done, as the audit log names it. */
export type AuditAction =
  | 'alert.acknowledge'
  | 'alert.dismiss'
  | 'alert.undismiss'
  | 'channel.create'
  | 'channel.delete'
  | 'channel.update'
  | 'clock.repair'
  | 'delivery.retry'
  | 'maintenance.create'
  | 'maintenance.delete'
  | 'maintenance.update'
  | 'partner.create'
  | 'partner.delete'
  | 'partner.trust'
  | 'partner.update'
  | 'probe.logs.clear'
  | 'rules.update'
  | 'secrets.reseal'
  | 'session.reuse'
  | 'session.revoke'
  | 'session.revoke-others'
  | 'settings.update'
  | 'token.create'
  | 'token.revoke'
  | 'user.create'
  | 'user.delete'
  | 'user.password'
  | 'user.update'

/** What an action was done to: its collection, its id, and the name that it then had. */
export type AuditTarget = { collection: string; id: string; name: string }

type Named = { _id: string; name: string }

export const partnerTarget = ({ _id, partnerName }: { _id: string; partnerName: string }): AuditTarget => ({
  collection: 'partner_configs',
  id: _id,
  name: partnerName,
})
export const userTarget = ({ _id, username }: { _id: string; username: string }): AuditTarget => ({
  collection: 'users',
  id: _id,
  name: username,
})
/** A session goes by its user's name. */
export const sessionTarget = (id: string, username: string): AuditTarget => ({ collection: 'sessions', id, name: username })
export const tokenTarget = ({ _id, name }: Named): AuditTarget => ({ collection: 'service_tokens', id: _id, name })
export const channelTarget = ({ _id, name }: Named): AuditTarget => ({ collection: 'alert_channels', id: _id, name })
export const windowTarget = ({ _id, name }: Named): AuditTarget => ({ collection: 'maintenance_windows', id: _id, name })
/** An alert goes by its message. */
export const alertTarget = ({ _id, message }: { _id: string; message: string }): AuditTarget => ({
  collection: 'alert_logs',
  id: _id,
  name: message,
})
export const deliveryTarget = (id: string): AuditTarget => ({ collection: 'alert_outbox', id, name: id })
export const rulesTarget: AuditTarget = { collection: 'alert_rules', id: 'rules', name: 'rules' }
export const settingsTarget: AuditTarget = { collection: 'settings', id: 'operational', name: 'settings' }
/** What a clock that was wrong left behind. */
export const clockTarget: AuditTarget = { collection: 'settings', id: 'clock', name: 'clock' }
export const secretsTarget: AuditTarget = { collection: 'settings', id: 'secrets', name: 'sealed secrets' }
