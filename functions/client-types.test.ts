import type { Hono } from 'hono'
import { expectTypeOf, test } from 'vitest'
import type { AlertsApi } from './alerts/handler.ts'
import type { AuditApi } from './audit/handler.ts'
import type { DashboardApi } from './dashboard/handler.ts'
import type { HealthApi } from './health/handler.ts'
import type { LoginApi } from './login/handler.ts'
import type { PartnersApi } from './partners/handler.ts'
import type { ProbeApi } from './probe/handler.ts'
import type { SecretsApi } from './secrets/handler.ts'
import type { SettingsApi } from './settings/handler.ts'
import type { SnapshotsApi } from './snapshots/handler.ts'
import type { TokensApi } from './tokens/handler.ts'
import type { UsersApi } from './users/handler.ts'

type Api =
  | AlertsApi
  | AuditApi
  | DashboardApi
  | HealthApi
  | LoginApi
  | PartnersApi
  | ProbeApi
  | SecretsApi
  | SettingsApi
  | SnapshotsApi
  | TokensApi
  | UsersApi

type Lost<Endpoint> = Endpoint extends { output: infer Output; outputFormat: infer Format }
  ? string extends Format
    ? true
    : unknown extends Output
      ? true
      : never
  : true

/** The routes whose answers a client does not know the type of. */
type Untyped<App> =
  App extends Hono<infer _Env, infer Schema, infer _Path>
    ? {
        [Path in keyof Schema & string]: {
          [Method in keyof Schema[Path] & string]: [Lost<Schema[Path][Method]>] extends [never] ? never : `${Method} ${Path}`
        }[keyof Schema[Path] & string]
      }[keyof Schema & string]
    : never

test('a client knows the type of every answer', () => {
  expectTypeOf<Untyped<Api>>().toBeNever()
})
