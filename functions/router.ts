import type { Hono } from 'hono'
import type { AppEnv } from '../shared/http/app-env.ts'
import { type AppDeps, createApp } from '../shared/http/create-app.ts'
import { type AlertsDeps, alerts } from './alerts/handler.ts'
import { type AuditDeps, audit } from './audit/handler.ts'
import { type DashboardDeps, dashboard } from './dashboard/handler.ts'
import { describeApi } from './docs/describe-api.ts'
import { type DocsDeps, docs } from './docs/handler.ts'
import { type HealthDeps, health } from './health/handler.ts'
import { type LoginDeps, login } from './login/handler.ts'
import { importBodyLimit, type PartnersDeps, partners } from './partners/handler.ts'
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

/** Mounts all functions, or the named ones, on one app: same URLs and same guards either way. */
export const router = (deps: RouterDeps, names: readonly FunctionName[] = functionNames): Hono<AppEnv> => {
  const app = createApp(deps, importBodyLimit)
  for (const name of names) app.route(functions[name].path, functions[name].create(deps) as Hono<AppEnv>)
  return app.route('/api', docs({ docsAsset: deps.docsAsset, openApi: describeApi(app, deps.build.version) }))
}
