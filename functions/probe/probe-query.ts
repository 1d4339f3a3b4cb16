import { ReachError, type StageResult } from '../../shared/reach/reach-error.ts'
import type { PartnerConnection, ReachTarget } from '../../shared/reach/reach-target.ts'
import { type Ask, checkRights, describeMissing, problemOf, type TableNeed } from './check-rights.ts'
import { estimateCost, type TableAccess } from './estimate-cost.ts'
import type { Cost, MissingRight } from './schema.ts'

/** A statement, the columns that it reads, and how it reads the tables. */
export type ProbedStatement = { sql: string; values: string[]; reads: readonly TableNeed[]; accesses: readonly TableAccess[] }

type QueryOptions = { signal: AbortSignal; timeoutMs: number; monotonicMs: () => number }

/** What a statement did to a database. `error`: why it brought nothing, with what is missing in words. */
export type QueryReport = { stage: StageResult; error: ReachError | null; missing: MissingRight[]; cost: Cost | null }

const failureOfPartner = (error: unknown): ReachError => {
  if (error instanceof ReachError) return error
  throw error
}

/** What only adds to a report may fail. */
const orElse = <T>(work: Promise<T>, fallback: T): Promise<T> =>
  work.catch((error: unknown) => {
    failureOfPartner(error)
    return fallback
  })

const withMissing = (error: ReachError, missing: readonly MissingRight[]): ReachError => {
  if (missing.length === 0) return error
  const { stage, reason, stages, hostKey, jumpKeys } = error
  return new ReachError(
    `A capture cannot read the database. ${describeMissing(missing)}`,
    { stage, reason, stages, hostKey, jumpKeys },
    { cause: error },
  )
}

/** Runs the statement once, and asks the server what it costs, or which rights it lacks. */
export const probeQuery = async (
  connection: PartnerConnection,
  { sql, values, reads, accesses }: ProbedStatement,
  { db }: ReachTarget,
  { signal, timeoutMs, monotonicMs }: QueryOptions,
): Promise<QueryReport> => {
  const ask: Ask = (text, given = []) => connection.query(text, given, { signal, timeoutMs })
  const startedAt = monotonicMs()
  const failure = await ask(sql, values).then(() => null, failureOfPartner)
  const ms = Math.round(monotonicMs() - startedAt)
  const stage = failure?.stages.at(-1) ?? { stage: 'query', ok: true, ms }
  const missing = problemOf(failure) ? await orElse(checkRights(ask, reads, db), []) : []
  const estimate =
    !failure || failure.reason === 'timeout' ? await orElse(estimateCost(ask, { sql, values }, accesses, db.name), null) : null
  return { stage, error: failure && withMissing(failure, missing), missing, cost: estimate && { ms, ...estimate } }
}
