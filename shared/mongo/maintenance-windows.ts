import type { Db } from 'mongodb'

/** A planned time in which alerts are recorded and not delivered. `partnerIds`: `null` is everything, the fleet included. */
export type MaintenanceWindowDoc = {
  _id: string
  name: string
  partnerIds: string[] | null
  schedule: { type: 'once'; from: Date; to: Date } | { type: 'recurring'; cron: string; timezone: string; durationMinutes: number }
  createdBy: string
  createdAt: Date
}

export const createMaintenanceWindowStore = (db: Db) => {
  const windows = db.collection<MaintenanceWindowDoc>('maintenance_windows')
  return {
    list: () => windows.find().sort({ createdAt: 1 }).toArray(),
    insert: async (doc: MaintenanceWindowDoc): Promise<void> => {
      await windows.insertOne(doc)
    },
    remove: async (id: string) => (await windows.deleteOne({ _id: id })).deletedCount === 1,
  }
}

export type MaintenanceWindowStore = ReturnType<typeof createMaintenanceWindowStore>
