import type { Hono } from 'hono'
import { generateSpecs } from 'hono-openapi'
import type { AppEnv } from '../shared/http/app-env.ts'
import { type AppDeps, createApp } from '../shared/http/create-app.ts'
import { type AlertsDeps, alerts } from './alerts/handler.ts'
import { type AuditDeps, audit } from './audit/handler.ts'
import { type DashboardDeps, dashboard } from './dashboard/handler.ts'
import { type DocsDeps, docs } from './docs/handler.ts'
import { type HealthDeps, health } from './health/handler.ts'
import { type LoginDeps, login } from './login/handler.ts'
import { type PartnersDeps, partners } from './partners/handler.ts'
import { type ProbeDeps, probe } from './probe/handler.ts'
import { type SecretsDeps, secrets } from './secrets/handler.ts'
import { type SettingsDeps, settings } from './settings/handler.ts'
import { type SnapshotsDeps, snapshots } from './snapshots/handler.ts'
import { type TokensDeps, tokens } from './tokens/handler.ts'
import { type UsersDeps, users } from './users/handler.ts'

export type RouterDeps = AppDeps &
  LoginDeps &
  TokensDeps &
  PartnersDeps &
  ProbeDeps &
  SnapshotsDeps &
  AlertsDeps &
  DashboardDeps &
  SettingsDeps &
  SecretsDeps &
  UsersDeps &
  AuditDeps &
  HealthDeps &
  Omit<DocsDeps, 'openApi'>

const functions = {
  login: { path: '/api/login', create: login },
  tokens: { path: '/api/tokens', create: tokens },
  partners: { path: '/api/partners', create: partners },
  probe: { path: '/api/probe', create: probe },
  snapshots: { path: '/api/snapshots', create: snapshots },
  alerts: { path: '/api/alerts', create: alerts },
  dashboard: { path: '/api/dashboard', create: dashboard },
  settings: { path: '/api/settings', create: settings },
  secrets: { path: '/api/secrets', create: secrets },
  users: { path: '/api/users', create: users },
  audit: { path: '/api/audit', create: audit },
  health: { path: '/', create: health },
} satisfies Record<string, { path: string; create: (deps: RouterDeps) => Hono<AppEnv, never> | object }>

export type FunctionName = keyof typeof functions
export const functionNames = Object.keys(functions) as FunctionName[]

/** Imports take up to 1,000 partners with their keys. */
const bodyLimits = { '/api/partners/import': 8 * 1_048_576 }

const describeApi = (app: Hono<AppEnv>, deps: RouterDeps) =>
  generateSpecs(app, {
    documentation: {
      openapi: '3.1.0',
      info: { title: 'JobTalk Admin', version: deps.build.version, description: 'Watches a fleet of recruitment partners.' },
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', description: 'An access token from POST /api/login, or a service token (jta_…).' },
        },
      },
      security: [{ bearer: [] }],
    },
    exclude: [/^\/api\/docs/, '/api/openapi.json'],
    defaultValidationErrorResponse: false,
  })

/** Mounts all functions, or the named ones, on one app: same URLs and same guards either way. */
export const router = (deps: RouterDeps, names: readonly FunctionName[] = functionNames): Hono<AppEnv> => {
  const app = createApp({ ...deps, bodyLimits })
  for (const name of names) app.route(functions[name].path, functions[name].create(deps) as Hono<AppEnv>)
  let document: Promise<object> | undefined
  const openApi = () => {
    document ??= describeApi(app, deps)
    return document
  }
  return app.route('/api', docs({ ...deps, openApi }))
}
