import { once } from 'node:events'
import type { Server } from 'node:http'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createAdaptorServer } from '@hono/node-server'
import { type FunctionName, functionNames, router } from '../../functions/router.ts'
import type { Log } from '../../shared/log.ts'
import type { Config } from '../../shared/node/config.ts'
import { readUi } from './read-ui.ts'
import { serveUi } from './serve-ui.ts'
import { selfCheckMs, wire } from './wire.ts'

export type Service = {
  port: number
  /** The first admin's password, if one had to be made. */
  madePassword: string | null
  /** Takes no new work, lets requests finish for at most 10 s, gives leases back and closes everything. */
  stop: () => Promise<void>
}

const uiFolder = join(import.meta.dirname, '../../ui/dist')
const sweepTickMs = 1_000
const repairTickMs = 15_000
const dispatchTickMs = 2_000
const alertTickMs = 15_000
const drainMs = 8_000
/** When a stop leaves behind work that lost its connection and goes on. */
const giveUpMs = 9_000

const listen = async (server: Server, port: number): Promise<number> => {
  server.listen(port)
  await once(server, 'listening')
  const address = server.address()
  return typeof address === 'object' && address ? address.port : port
}

const drain = async (server: Server, settled: () => Promise<void>): Promise<void> => {
  const givenUp = delay(giveUpMs, undefined, { ref: false })
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeIdleConnections()
  await closed
  await Promise.race([settled(), givenUp])
}

/** Repeats `run` every `ms`, never twice at once. `stop` resolves when the last run is over. */
const repeat = (name: string, ms: number, log: Log, run: () => Promise<unknown>) => {
  let running: Promise<unknown> | undefined
  const tick = () => {
    running ??= run()
      .catch((err: unknown) => log.error({ run: name, err }, `${name} failed`))
      .finally(() => {
        running = undefined
      })
  }
  tick()
  const timer = setInterval(tick, ms)
  return async () => {
    clearInterval(timer)
    await running
  }
}

/** What runs by itself: the process's look at itself, the sweep beside `snapshots`, the passing of time and delivery beside `alerts`. */
const startBackground = (wired: Awaited<ReturnType<typeof wire>>, log: Log, names: readonly FunctionName[]) => {
  const stops = [
    repeat('self-check', selfCheckMs, log, wired.checkSelf),
    ...(names.includes('snapshots')
      ? [repeat('schedule', repairTickMs, log, wired.repairSchedule), repeat('sweep', sweepTickMs, log, wired.sweep)]
      : []),
    ...(names.includes('alerts') ? [repeat('alerts', alertTickMs, log, wired.tickAlerts)] : []),
    ...(names.includes('alerts') ? [repeat('dispatch', dispatchTickMs, log, wired.dispatch)] : []),
  ]
  return { stop: () => Promise.all(stops.map((stop) => stop())) }
}

/** Starts the named functions on a port, or all of them and the UI. The process that mounts `snapshots` also runs the sweep. */
export const serve = async (config: Config, log: Log, chosen?: readonly FunctionName[]): Promise<Service> => {
  const names = chosen ?? functionNames
  const runsSweep = names.includes('snapshots')
  const wired = await wire(config, log, { runsSweep })
  const app = router(wired.deps, names)
  if (!chosen) app.route('/', serveUi(await readUi(uiFolder)))
  // A request is worked on even when its connection is gone.
  const fetch = (request: Request, env: object) => wired.deps.track(Promise.resolve(app.fetch(request, env)))
  const server = createAdaptorServer({ fetch }) as Server
  try {
    const madePassword = await wired.createFirstAdmin()
    const port = await listen(server, config.PORT)
    const background = startBackground(wired, log, names)
    log.info({ port, functions: names, engine: wired.deps.database.engine }, 'listening')
    return {
      port,
      madePassword,
      stop: async () => {
        // A request that loses its connection aborts its work.
        const cutOff = setTimeout(() => {
          server.closeAllConnections()
          wired.abortDeliveries()
        }, drainMs)
        wired.endStreams()
        await Promise.all([drain(server, wired.settled), wired.stopCaptures(), background.stop()])
        clearTimeout(cutOff)
        await wired.close()
        log.info('stopped')
      },
    }
  } catch (error) {
    await wired.close()
    throw error
  }
}
