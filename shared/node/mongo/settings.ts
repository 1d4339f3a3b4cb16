import type { Db } from 'mongodb'
import { z } from 'zod'
import { Settings } from '../../settings.ts'

type SettingsDoc = { _id: 'operational'; values: Partial<Settings> }

/** Leaves out what it does not know: another version may have stored it. */
const KnownSettings = z.object(Settings.shape)

/** The operational settings: what was changed is stored, the rest follows the defaults. */
export const createSettingsStore = (db: Db) => {
  const settings = db.collection<SettingsDoc>('settings')
  return {
    read: async (): Promise<Settings> => KnownSettings.parse((await settings.findOne({ _id: 'operational' }))?.values ?? {}),
    /** Stores these values and leaves the others as they are. */
    write: async (values: Partial<Settings>): Promise<void> => {
      const fields = Object.fromEntries(Object.entries(values).map(([name, value]) => [`values.${name}`, value]))
      await settings.updateOne({ _id: 'operational' }, { $set: fields }, { upsert: true })
    },
  }
}

export type SettingsStore = ReturnType<typeof createSettingsStore>
