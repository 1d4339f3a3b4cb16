import { settingsTarget } from '../../shared/audit.ts'
import type { Actor } from '../../shared/http/app-env.ts'
import type { AuditLog } from '../../shared/node/mongo/access/audit-log.ts'
import type { PartnerStore } from '../../shared/node/mongo/partners/partners.ts'
import type { SettingsStore } from '../../shared/node/mongo/settings.ts'
import { maskSettings, Settings } from '../../shared/settings.ts'
import type { SettingsPatch } from './schema.ts'

export type UpdateSettingsDeps = {
  settings: SettingsStore
  partners: Pick<PartnerStore, 'hasten'>
  audit: Pick<AuditLog, 'record'>
  changed: () => void
  now: () => Date
}

/** Changes what was sent. A shorter capture interval counts at once: no partner stays due later than one interval from now. */
export const updateSettings = async (deps: UpdateSettingsDeps, actor: Actor, patch: SettingsPatch): Promise<Settings> => {
  const before = await deps.settings.read()
  const after = Settings.parse({ ...before, ...patch })
  const changed = (Object.keys(after) as (keyof Settings)[]).filter((name) => String(before[name]) !== String(after[name]))
  if (changed.length === 0) return after
  await deps.settings.write(Object.fromEntries(changed.map((name) => [name, after[name]])))
  if (after.captureIntervalSeconds < before.captureIntervalSeconds)
    await deps.partners.hasten(new Date(deps.now().getTime() + after.captureIntervalSeconds * 1000))
  const pick = (values: Settings) => maskSettings(Object.fromEntries(changed.map((name) => [name, values[name]])))
  await deps.audit.record({
    actor,
    action: 'settings.update',
    target: settingsTarget,
    before: pick(before),
    after: pick(after),
  })
  deps.changed()
  return after
}
