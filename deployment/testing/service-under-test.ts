import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { apiAt } from './api-under-test.ts'

const root = join(import.meta.dirname, '../..')
const startTimeoutMs = 60_000

export type ProgramOptions = { args?: readonly string[]; env?: Record<string, string> }

/** A data directory that is gone after the test. */
export const makeDataDir = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'jobtalk-service-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  return path
}

/** Starts one of the programs in `deployment/`, which sees no variable of this process but `PATH`. */
const start = (script: string, { args = [], env = {} }: ProgramOptions) => {
  const child = spawn(process.execPath, [script, ...args], {
    cwd: root,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      output[name] += chunk
    })
  return { child, output, ended: once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]> }
}

/** Runs a program to its end. */
export const runProgram = async (script: string, options: ProgramOptions = {}) => {
  const { output, ended } = start(script, options)
  const [code] = await ended
  return { code, ...output }
}

const listeningPort = async (child: ChildProcess, output: { stdout: string; stderr: string }): Promise<number> => {
  const signal = AbortSignal.timeout(startTimeoutMs)
  for (;;) {
    const line = output.stdout.split('\n').find((text) => text.includes('"msg":"listening"') && text.includes('"port":'))
    if (line) return (JSON.parse(line) as { port: number }).port
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}: ${output.stderr}`)
    await Promise.race([once(child.stdout!, 'data', { signal }), once(child, 'close')])
  }
}

/** A service as its users have it: a process and a port on loopback. */
export const startService = async (options: ProgramOptions & { script?: string } = {}) => {
  const { child, output, ended } = start(options.script ?? 'deployment/node/node.ts', { ...options, env: { PORT: '0', ...options.env } })
  const port = await listeningPort(child, output)
  return {
    port,
    output,
    ...apiAt(port),
    signal: (signal: NodeJS.Signals) => child.kill(signal),
    /** Ends it, and says with what code and after how long. */
    stop: async (signal: NodeJS.Signals = 'SIGTERM') => {
      const startedAt = performance.now()
      child.kill(signal)
      const [code] = await ended
      return { code, ms: performance.now() - startedAt }
    },
    /** Ends it at once where it still runs. */
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}

export type ServiceUnderTest = Awaited<ReturnType<typeof startService>>
