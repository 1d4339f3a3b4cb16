import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'

/** The path of a program, looked for on the PATH and where Debian keeps daemons. @throws Error when it is not installed */
export const programPath = (name: string): string => {
  const path = findProgram(name)
  if (path === undefined) throw new Error(`not installed: ${name}`)
  return path
}

/**
 * True when every program is installed, for `describe.runIf`. One that is missing is named on the console, so that a skip has its reason.
 * @throws Error when one is missing where `CI` is `true`: there the tests must run
 */
export const requireParts = (...names: string[]): boolean => {
  const missing = names.filter((name) => findProgram(name) === undefined)
  if (missing.length === 0) return true
  const reason = `not installed: ${missing.join(', ')}`
  if (process.env['CI'] === 'true') throw new Error(reason)
  console.warn(`skipped: ${reason}`)
  return false
}

const findProgram = (name: string): string | undefined =>
  [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/bin'].map((folder) => join(folder, name)).find(isExecutable)

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
