import { z } from 'zod'
import { Settings } from '../../shared/settings.ts'

const fields = Object.fromEntries(Object.entries(Settings.shape).map(([name, field]) => [name, field.unwrap().optional()])) as {
  [Name in keyof typeof Settings.shape]: z.ZodOptional<ReturnType<(typeof Settings.shape)[Name]['unwrap']>>
}

export const SettingsPatch = z.strictObject(fields).meta({ id: 'SettingsPatch' })
export type SettingsPatch = z.infer<typeof SettingsPatch>
