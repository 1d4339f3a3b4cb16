import type { Db } from 'mongodb'
import { Settings } from '../settings.ts'

type SettingsDoc = { _id: 'operational'; values: Partial<Settings> }

/** The operational settings: what was changed is stored, the rest follows the defaults. */
export const createSettingsStore = (db: Db) => {
  const settings = db.collection<SettingsDoc>('settings')
  return {
    read: async (): Promise<Settings> => Settings.parse((await settings.findOne({ _id: 'operational' }))?.values ?? {}),
    write: async (values: Settings): Promise<void> => {
      await settings.updateOne({ _id: 'operational' }, { $set: { values } }, { upsert: true })
    },
  }
}

export type SettingsStore = ReturnType<typeof createSettingsStore>
