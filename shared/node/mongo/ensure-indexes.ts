import type { Db, IndexDescription } from 'mongodb'

/** The indexes of one collection, declared beside its store. */
export type CollectionIndexes = { collection: string; indexes: IndexDescription[] }

/** Creates whatever is missing of `declared`; existing indexes stay as they are. Throws MongoDB's error when one cannot be built. */
export const ensureIndexes = async (db: Db, declared: readonly CollectionIndexes[]): Promise<void> => {
  for (const { collection, indexes } of declared) await db.collection(collection).createIndexes(indexes)
}
