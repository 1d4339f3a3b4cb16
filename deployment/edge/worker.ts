import 'temporal-polyfill/global'
import { DurableObject } from 'cloudflare:workers'
import type { Hono } from 'hono'
import { router } from '../../functions/router.ts'
import type { AppEnv } from '../../shared/http/app-env.ts'
import { type EdgeEnv, wireEdge } from './wire.ts'

type Opened = { app: Hono<AppEnv>; tick: () => Promise<void> }

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
    const { app } = await this.#open()
    return app.fetch(request)
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
