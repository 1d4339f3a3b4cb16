import type { Db } from 'mongodb'
import { auditLogIndexes, createAuditLog } from './access/audit-log.ts'
import { createLoginAttemptStore, loginAttemptIndexes } from './access/login-attempts.ts'
import { createServiceTokenStore, serviceTokenIndexes } from './access/service-tokens.ts'
import { createSessionStore, sessionIndexes } from './access/sessions.ts'
import { createUserStore, userIndexes } from './access/users.ts'
import { alertChannelIndexes, createAlertChannelStore } from './alerts/alert-channels.ts'
import { alertLogIndexes, createAlertLogStore } from './alerts/alert-logs.ts'
import { alertOutboxIndexes, createAlertOutbox } from './alerts/alert-outbox.ts'
import { createAlertRuleSet } from './alerts/alert-rule-set.ts'
import { alertStateIndexes, createAlertStateStore } from './alerts/alert-states.ts'
import { createMaintenanceWindowStore } from './alerts/maintenance-windows.ts'
import { ensureIndexes } from './ensure-indexes.ts'
import { connectionLogIndexes, createConnectionLogStore } from './partners/connection-logs.ts'
import { createPartnerStore, partnerIndexes } from './partners/partners.ts'
import { createSnapshotRollupStore, snapshotRollupIndexes } from './partners/snapshot-rollups.ts'
import { createSnapshotStore, snapshotIndexes } from './partners/snapshots.ts'
import { createSettingsStore } from './settings.ts'

/** The indexes of all collections that have some. */
export const allIndexes = [
  userIndexes,
  sessionIndexes,
  serviceTokenIndexes,
  loginAttemptIndexes,
  partnerIndexes,
  snapshotIndexes,
  snapshotRollupIndexes,
  connectionLogIndexes,
  auditLogIndexes,
  alertStateIndexes,
  alertLogIndexes,
  alertChannelIndexes,
  alertOutboxIndexes,
]

/** Creates the indexes of all collections; those that are there stay. */
export const ensureAllIndexes = (db: Db): Promise<void> => ensureIndexes(db, allIndexes)

/** The stores over one database. */
export const createStores = (db: Db, deps: { newId: () => string; now: () => Date }) => ({
  users: createUserStore(db),
  sessions: createSessionStore(db),
  tokens: createServiceTokenStore(db),
  attempts: createLoginAttemptStore(db),
  partners: createPartnerStore(db),
  snapshots: createSnapshotStore(db),
  rollups: createSnapshotRollupStore(db),
  logs: createConnectionLogStore(db),
  settings: createSettingsStore(db),
  states: createAlertStateStore(db),
  alertLogs: createAlertLogStore(db),
  channels: createAlertChannelStore(db),
  outbox: createAlertOutbox(db),
  rules: createAlertRuleSet(db),
  windows: createMaintenanceWindowStore(db),
  audit: createAuditLog(db, deps),
})
