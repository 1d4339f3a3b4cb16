import { type Config, ConfigError, readConfig } from '../shared/config.ts'

/** Reads the configuration from the environment under `overrides`, or prints what is wrong with it and ends the process with 1. */
export const readConfigOrExit = (overrides: Record<string, string> = {}): Config => {
  try {
    return readConfig({ ...process.env, ...overrides })
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(1)
  }
}
