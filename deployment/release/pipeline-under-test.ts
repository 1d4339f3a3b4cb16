import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

const root = join(import.meta.dirname, '../..')

export type Job = {
  stage: string
  image?: string
  script: string[]
  services?: (string | { name: string; alias: string })[]
  variables?: Record<string, string>
  rules?: { if: string; when?: string }[]
  environment?: { name: string; url: string }
  resource_group?: string
}

/** The pipeline, as GitLab reads it. */
export const pipeline = parse(readFileSync(join(root, '.gitlab-ci.yml'), 'utf8')) as Record<string, Job> & { stages: string[] }

/** Runs a program of this repository with these variables and few others, as a runner does. */
export const startProgram = (command: string, args: readonly string[], variables: Record<string, string>) => {
  const child = spawn(command, args, {
    cwd: root,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '/root',
      ...(process.env['DOCKER_HOST'] && { DOCKER_HOST: process.env['DOCKER_HOST'] }),
      ...variables,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const result = { output: '' }
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      result.output += chunk
    })
  return {
    child,
    result,
    /** Ends it and all that it started, at once. */
    kill: () => process.kill(-(child.pid ?? Number.NaN), 'SIGKILL'),
    ended: once(child, 'close').then(([code]) => ({ code: code as number | null, output: result.output })),
  }
}

/** Starts the script of a job of the pipeline; `wrapper` is put before the shell. */
export const startJob = (name: string, variables: Record<string, string>, wrapper: readonly string[] = []) => {
  const [command = '', ...args] = [...wrapper, 'bash', '-eo', 'pipefail', '-c', pipeline[name]?.script.join('\n') ?? '']
  return startProgram(command, args, { CI: 'true', ...variables })
}

export const runJob = (...args: Parameters<typeof startJob>) => startJob(...args).ended
