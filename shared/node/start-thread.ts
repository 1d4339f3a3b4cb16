import { getCompileCacheDir } from 'node:module'
import { type ResourceLimits, Worker } from 'node:worker_threads'

/**
 * Starts a thread on a module. It sees no variable of this process's environment, where secrets are, and none of its arguments, which may
 * forbid a file (`--input-type`). What Node makes of its sources comes from this process's cache: without it, each thread takes some MB more.
 */
export const startThread = (module: URL, options: { workerData?: unknown; resourceLimits: ResourceLimits }): Worker => {
  const cache = getCompileCacheDir()
  return new Worker(module, { ...options, execArgv: [], env: cache === undefined ? {} : { NODE_COMPILE_CACHE: cache } })
}
