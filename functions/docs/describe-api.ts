import type { Hono } from 'hono'
import { generateSpecs } from 'hono-openapi'
import type { AppEnv } from '../../shared/http/app-env.ts'

/** Returns what makes the OpenAPI 3.1 document of the functions that an app mounts: once, when it is first asked for. */
export const describeApi = (app: Hono<AppEnv>, version: string): (() => Promise<object>) => {
  let document: Promise<object> | undefined
  return () => {
    document ??= generateSpecs(app, {
      documentation: {
        openapi: '3.1.0',
        info: { title: 'JobTalk Admin', version, description: 'Watches a fleet of recruitment partners.' },
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
    return document
  }
}
