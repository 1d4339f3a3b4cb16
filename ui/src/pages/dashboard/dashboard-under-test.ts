import type { PartnerState } from '../../../../shared/partner/partner-state.ts'
import type { AlertLevel } from '../../../../shared/snapshot/snapshot.ts'
import type { Fleet, FleetRow } from '../../fleet/fleet.ts'

const at = '2026-03-02T14:00:00.000Z'

/** A partner's row as the server sends it. Without a capture where its state says so. */
export const partnerRow = (
  id: string,
  given: { name?: string; host?: string; state?: PartnerState; level?: AlertLevel; queue?: number; active?: number; running?: number } = {},
): FleetRow => {
  const state = given.state ?? 'ok'
  const active = given.active ?? 4
  return {
    partner: {
      id,
      partnerName: given.name ?? id,
      tenantId: 0,
      timezone: 'America/New_York',
      isActive: state !== 'inactive',
      priority: 4,
      concurrencyLimit: 10,
      maxConcurrency: 50,
      pauseNonPriorityCampaigns: false,
      db: {
        type: 'mysql',
        host: '10.0.0.5',
        port: 3306,
        name: 'calls',
        username: 'reader',
        hasPassword: true,
        tls: 'off',
        tlsCa: null,
        tlsCertificate: null,
        hasTlsKey: false,
      },
      ssh: {
        enabled: true,
        host: given.host ?? 'ssh.example',
        port: 22,
        username: 'ops',
        hasPassword: true,
        hasPrivateKey: false,
        hasPassphrase: false,
        certificate: null,
        hostCa: [],
        jumps: [],
        revokedKeys: [],
        hostKey: null,
        trustOnFirstUse: false,
        presentedHostKey: null,
      },
      sync: {
        status: state === 'error' ? 'FAILED' : 'SUCCESS',
        lastSyncAt: at,
        lastError: state === 'error' ? { reason: 'timeout', stage: 'ssh-connect', message: 'The server did not answer.', at } : null,
        consecutiveFailures: state === 'error' ? 3 : 0,
        certificateEndsAt: null,
      },
      version: 1,
      createdAt: at,
      updatedAt: at,
    },
    state,
    snapshot:
      state === 'never'
        ? null
        : {
            snapshotTime: at,
            remainingCallsAt: at,
            campaignsToday: 1,
            runningCampaigns: given.running ?? 2,
            activeCalls: active,
            queuedCalls: given.queue ?? 0,
            completedCallsToday: 120,
            voicemailCount: 10,
            customerEndedCount: 20,
            remainingCalls: 50,
            concurrencyLimit: 10,
            utilizationPercent: active * 10,
            captureMs: 12,
            pauseAllCampaigns: false,
            alertLevel: given.level ?? 'NORMAL',
            alertMessage: '',
          },
    trend: [],
  }
}

/** A fleet of these partners without alerts. */
export const fleetWith = (rows: readonly FleetRow[], firing: NonNullable<Fleet['firing']>['alerts'] = []): Fleet => ({
  overview: null,
  alerts: null,
  firing: { count: firing.length, alerts: firing },
  rows: Object.fromEntries(rows.map((row) => [row.partner.id, row])),
  ids: rows.map(({ partner }) => partner.id),
})
