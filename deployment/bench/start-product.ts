import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { findFreePort, stopDaemon } from '../testing/daemon.ts'

const root = join(import.meta.dirname, '../..')
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: { start: string } }
/** What `npm start` gives to node: variables before its name, arguments after it. */
const [, variables = '', programArguments = ''] = /((?:[A-Z_]+=\S+ )*)node (.*)$/.exec(manifest.scripts.start) ?? []
const startVariables = Object.fromEntries(variables.split(' ').flatMap((each) => (each ? [each.split('=')] : [])))
export const adminPassword = 'bench-only-password'
const startDeadlineMs = 30_000
const pollMs = 5

export type Product = {
  origin: string
  /** From the start of the process to the first healthy answer. */
  startMs: number
  /** Signs in as the admin; the client's requests carry the token, and its answers are read as JSON. */
  signIn(): Promise<Client>
  /** Resident memory in megabytes: now, and at most so far. */
  memory(): { residentMb: number; peakMb: number }
  /** Sends a message to what `nodeArguments` loaded into it. */
  send(message: string): void
  /** The next message that comes from there. */
  receive(): Promise<unknown>
  /** Holds the process for as long as the work takes. */
  whilePaused<Result>(work: () => Promise<Result>): Promise<Result>
  stop(): Promise<void>
}

export type Client = { authorization: string; request<Answer>(method: string, path: string, body?: unknown): Promise<Answer> }

const isHealthy = (origin: string) =>
  fetch(`${origin}/health`, { signal: AbortSignal.timeout(1_000) }).then(
    (response) => response.ok,
    () => false,
  )

const signIn = async (origin: string): Promise<Client> => {
  let authorization = ''
  const request = async <Answer>(method: string, path: string, body?: unknown) => {
    const headers = { Authorization: authorization, 'Content-Type': 'application/json' }
    const response = await fetch(`${origin}${path}`, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) })
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`)
    return (await response.json()) as Answer
  }
  const { accessToken } = await request<{ accessToken: string }>('POST', '/api/login', { username: 'admin', password: adminPassword })
  authorization = `Bearer ${accessToken}`
  return { authorization, request }
}

/** In megabytes, from proc(5). */
const memoryOf = (pid: number | undefined) => {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const megabytes = (name: string) => Number(status.match(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm'))?.[1]) / 1024
  return { residentMb: megabytes('VmRSS'), peakMb: megabytes('VmHWM') }
}

/** Runs the product as `npm start` does, in a process of its own on loopback, until `cleanup` or `stop`. */
export const startProduct = async (
  cleanup: AsyncDisposableStack,
  dataDir: string,
  nodeArguments: readonly string[] = [],
): Promise<Product> => {
  const port = await findFreePort()
  const origin = `http://127.0.0.1:${port}`
  const env = { ...startVariables, PATH: process.env['PATH'], DATA_DIR: dataDir, PORT: String(port), ADMIN_PASSWORD: adminPassword }
  const startedAt = performance.now()
  const child = spawn(process.execPath, [...nodeArguments, ...programArguments.split(' ')], {
    cwd: root,
    env,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const stop = () => stopDaemon(child)
  cleanup.defer(stop)
  let errors = ''
  child.stderr?.on('data', (chunk) => {
    errors = `${errors}${chunk}`.slice(-2_000)
  })
  while (!(await isHealthy(origin))) {
    if (child.exitCode !== null || performance.now() - startedAt > startDeadlineMs) throw new Error(`the product did not start: ${errors}`)
    await delay(pollMs)
  }
  const startMs = performance.now() - startedAt
  const whilePaused = async <Result>(work: () => Promise<Result>) => {
    child.kill('SIGSTOP')
    try {
      return await work()
    } finally {
      child.kill('SIGCONT')
    }
  }
  return {
    origin,
    startMs,
    signIn: () => signIn(origin),
    memory: () => memoryOf(child.pid),
    send: (message) => void child.send(message),
    receive: async () => (await once(child, 'message'))[0],
    whilePaused,
    stop,
  }
}
