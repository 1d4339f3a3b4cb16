import type { FunctionName } from '../../functions/router.ts'
import { createLog } from '../../shared/node/log.ts'
import { readConfigOrExit } from './read-config-or-exit.ts'
import { type Service, serve } from './serve.ts'

const stopSignals = ['SIGTERM', 'SIGINT'] as const

/** Runs the named functions (or all) until SIGTERM or SIGINT, then stops gracefully and ends the process with 0. */
export const run = async (options: { names?: readonly FunctionName[]; overrides?: Record<string, string> }): Promise<void> => {
  const config = readConfigOrExit({ ...process.env, ...options.overrides })
  const log = createLog({ level: config.LOG_LEVEL, secrets: config.secrets })
  let service: Service
  try {
    service = await serve(config, log, options.names)
  } catch (err) {
    log.fatal({ err }, `could not start: ${err instanceof Error ? err.message : 'unknown error'}`)
    process.exit(1)
  }
  if (service.madePassword !== null)
    process.stderr.write(`\nThe first admin was made. It is shown only now:\n  username  admin\n  password  ${service.madePassword}\n\n`)
  const { promise: signalled, resolve: stop } = Promise.withResolvers<void>()
  // A second signal changes nothing: npm and the terminal send one each for a Ctrl-C.
  for (const signal of stopSignals) process.on(signal, () => stop())
  await signalled
  try {
    await service.stop()
  } catch (err) {
    log.error({ err }, 'did not stop cleanly')
    process.exit(1)
  }
}
