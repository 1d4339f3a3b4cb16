import type { Db } from 'mongodb'
import type { AlertEvent, SubjectState } from '../../../alert/alert-state.ts'
import type { CollectionIndexes } from '../ensure-indexes.ts'
import { isDuplicateKey } from '../is-duplicate-key.ts'

/**
 * The alert state of one subject (a partner's id, or `fleet`) and what happened to its alerts that is not in the outbox yet. Both are written by
 * one update of one document, which is atomic on every server: a crash cannot part a transition from its deliveries.
 */
export type AlertStateDoc = { _id: string; version: number; state: SubjectState; journal: AlertEvent[]; hasJournal: boolean }

export const alertStateIndexes: CollectionIndexes = {
  collection: 'alert_states',
  indexes: [{ key: { hasJournal: 1 }, name: 'journal' }],
}

/** The alert states, changed under optimistic concurrency. */
export const createAlertStateStore = (db: Db) => {
  const states = db.collection<AlertStateDoc>('alert_states')
  return {
    find: (subjectId: string) => states.findOne({ _id: subjectId }),
    findAll: (subjectIds: readonly string[]) => states.find({ _id: { $in: [...subjectIds] } }).toArray(),
    all: () => states.find().toArray(),
    /** The subjects that were last seen, or are watched since, later than `limit`. */
    ahead: async (limit: Date): Promise<string[]> => {
      const later = { $gt: limit }
      const anyLater = [{ 'state.lastObservedAt': later }, { 'state.lastSnapshotAt': later }, { 'state.watchedSince': later }]
      return (await states.find({ $or: anyLater }).project<{ _id: string }>({ _id: 1 }).toArray()).map(({ _id }) => _id)
    },
    /** Writes the state that follows `version` (0: the first one) and adds to the journal. `false`: another process was faster. */
    save: async (subjectId: string, version: number, state: SubjectState, events: readonly AlertEvent[]): Promise<boolean> => {
      const hasEvents = events.length > 0
      try {
        const result = await states.updateOne(
          { _id: subjectId, version },
          {
            $set: { state, version: version + 1, ...(hasEvents && { hasJournal: true }) },
            ...(hasEvents && { $push: { journal: { $each: [...events] } } }),
            ...(version === 0 && { $setOnInsert: hasEvents ? {} : { hasJournal: false, journal: [] } }),
          },
          { upsert: version === 0 },
        )
        return result.matchedCount + result.upsertedCount === 1
      } catch (error) {
        if (isDuplicateKey(error)) return false
        throw error
      }
    },
    /** The subjects whose journal waits. */
    withJournal: (limit: number) => states.find({ hasJournal: true }).limit(limit).toArray(),
    /** Removes one event that is in the outbox. */
    removeFromJournal: async (subjectId: string, event: AlertEvent): Promise<void> => {
      await states.updateOne({ _id: subjectId }, { $pull: { journal: { key: event.key } } })
    },
    /** Says that a subject's journal waits no more, unless there is something in it. */
    settle: async (subjectId: string): Promise<void> => {
      await states.updateOne({ _id: subjectId, journal: { $size: 0 } }, { $set: { hasJournal: false } })
    },
  }
}

export type AlertStateStore = ReturnType<typeof createAlertStateStore>
