import type { ConnectionLogDoc, ConnectionLogStore } from '../node/mongo/partners/connection-logs.ts'
import type { HostKey, ReachError, StageResult } from '../reach/reach-error.ts'

export type ConnectionOutcome = {
  hostKey: HostKey | null
  stages: readonly StageResult[]
  responseTimeMs: number
  error: ReachError | null
}

export type RecordConnectionDeps = { logs: Pick<ConnectionLogStore, 'insert'>; newId: () => string; now: () => Date }

const msPerDay = 86_400_000

/** Writes one attempt to reach a partner to the connection log, where it stays for `retentionDays`. */
export const recordConnection = async (
  deps: RecordConnectionDeps,
  attempt: Pick<ConnectionLogDoc, 'partnerId' | 'kind' | 'by'>,
  outcome: ConnectionOutcome,
  retentionDays: number,
): Promise<void> => {
  const { error, hostKey, responseTimeMs } = outcome
  const at = deps.now()
  await deps.logs.insert({
    _id: deps.newId(),
    ...attempt,
    at,
    ok: error === null,
    reason: error?.reason ?? null,
    stage: error?.stage ?? null,
    message: error?.message ?? 'Connected',
    responseTimeMs,
    stages: [...outcome.stages],
    hostKey,
    expiresAt: new Date(at.getTime() + retentionDays * msPerDay),
  })
}
