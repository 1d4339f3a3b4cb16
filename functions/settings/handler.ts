import { Hono } from 'hono'
import type { AppEnv } from '../../shared/http/app-env.ts'
import { contract, json } from '../../shared/http/contract.ts'
import { type GuardDeps, requireRole, requireUser } from '../../shared/http/guards.ts'
import { maskSettings, Settings } from '../../shared/settings.ts'
import { SettingsPatch } from './schema.ts'
import { type UpdateSettingsDeps, updateSettings } from './update-settings.ts'

export type SettingsDeps = GuardDeps & UpdateSettingsDeps

const tag = 'settings'

export const settings = (deps: SettingsDeps) =>
  new Hono<AppEnv>()
    .use(requireUser(deps))
    .get(
      '/',
      contract({
        summary: 'Read the operational settings; a service token sees of the heartbeat URL its host alone',
        tag,
        answers: { 200: Settings },
      }),
      requireRole('ADMIN', 'settings:read'),
      async (c) => {
        const values = await deps.settings.read()
        return c.json(c.get('actor').kind === 'user' ? values : maskSettings(values))
      },
    )
    .put(
      '/',
      contract({
        summary: 'Change operational settings; what is not sent stays',
        tag,
        answers: { 200: Settings },
        errors: ['bad_request'],
      }),
      requireRole('ADMIN'),
      json(SettingsPatch),
      async (c) => c.json(await updateSettings(deps, c.get('actor'), c.req.valid('json'))),
    )

export type SettingsApi = ReturnType<typeof settings>
