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
    /** Returns the window as it was; `null`: there is none. */
    replace: (id: string, fields: Pick<MaintenanceWindowDoc, 'name' | 'partnerIds' | 'schedule'>) =>
      windows.findOneAndUpdate({ _id: id }, { $set: fields }),
    /** Returns the window that was removed; `null`: there is none. */
    remove: (id: string) => windows.findOneAndDelete({ _id: id }),
  }
}

export type MaintenanceWindowStore = ReturnType<typeof createMaintenanceWindowStore>
