import { type Config, ConfigError, readConfig } from '../../shared/node/config.ts'

/** Reads the configuration, or prints what is wrong with it and ends the process with 1. */
export const readConfigOrExit = (env: Parameters<typeof readConfig>[0]): Config => {
  try {
    return readConfig(env)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(1)
  }
}
