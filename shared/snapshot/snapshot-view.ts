import { metricNames, type Snapshot } from './snapshot.ts'

/** A snapshot as the API shows it. */
export const snapshotView = (snapshot: Snapshot) => ({
  snapshotTime: snapshot.snapshotTime.toISOString(),
  remainingCallsAt: (snapshot.remainingCallsAt ?? snapshot.snapshotTime).toISOString(),
  ...(Object.fromEntries(metricNames.map((name) => [name, snapshot[name]])) as Pick<Snapshot, (typeof metricNames)[number]>),
  pauseAllCampaigns: snapshot.pauseAllCampaigns,
  alertLevel: snapshot.alertLevel,
  alertMessage: snapshot.alertMessage,
})
