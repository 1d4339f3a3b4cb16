import 'temporal-polyfill/global'
import { DurableObject } from 'cloudflare:workers'
import type { Hono } from 'hono'
import { router } from '../../functions/router.ts'
import { statusOf } from '../../shared/errors.ts'
import type { AppEnv } from '../../shared/http/app-env.ts'
import { ConfigError } from '../../shared/node/config.ts'
import { newId } from './new-id.ts'
import { type EdgeEnv, wireEdge } from './wire.ts'

type Opened = { app: Hono<AppEnv>; tick: () => Promise<void> }

const couldNotStart = () =>
  Response.json(
    { error: { code: 'unavailable', message: 'The service could not start.', requestId: newId() } },
    { status: statusOf.unavailable },
  )

/**
 * Where the functions run. A request of a Worker may not use the sockets of another, those of one Durable Object may: so the connections to
 * MongoDB live here, and serve all requests.
 */
export class Api extends DurableObject<EdgeEnv> {
  #opened: Promise<Opened> | undefined

  /** Opens the database at the first request; what failed is tried again at the next. */
  #open(): Promise<Opened> {
    this.#opened ??= wireEdge(this.env).then(
      ({ deps, tick }) => ({ app: router(deps), tick }),
      (error: unknown) => {
        this.#opened = undefined
        throw error
      },
    )
    return this.#opened
  }

  override async fetch(request: Request): Promise<Response> {
    const opened = await this.#open().catch((error: unknown) => {
      console.error(`could not start: ${error instanceof ConfigError ? error.message : 'see above'}`)
      return null
    })
    return opened ? opened.app.fetch(request) : couldNotStart()
  }

  async tick(): Promise<void> {
    await (await this.#open()).tick()
  }
}

type Bindings = EdgeEnv & { API: DurableObjectNamespace<Api> }

const apiOf = (env: Bindings) => env.API.get(env.API.idFromName('api'))

export default {
  fetch: (request: Request, env: Bindings) => apiOf(env).fetch(request),
  scheduled: (_event: unknown, env: Bindings) => apiOf(env).tick(),
}
