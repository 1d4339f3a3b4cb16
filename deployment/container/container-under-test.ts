import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { apiAt } from '../testing/api-under-test.ts'
import { productImage } from '../testing/images-under-test.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')
const healthyTimeoutMs = 90_000

/** What a docker command prints on stdout. */
export const docker = async (...args: readonly string[]): Promise<string> => (await run('docker', args)).stdout.trim()

/** The address of this machine that containers reach: the gateway of their network, which an engine that made it just now does not name. */
export const bridgeAddress = async (): Promise<string> => {
  const named = await docker('network', 'inspect', 'bridge', '--format', '{{with index .IPAM.Config 0}}{{or .Gateway .Subnet}}{{end}}')
  return named.replace(/\.0\/\d+$/, '.1')
}

/** The compose files, and the ports that they publish. */
export const composeFiles = { dev: { file: 'docker-compose.dev.yml', port: 8080 }, prod: { file: 'docker-compose.prod.yml', port: 80 } }

/** Starts the container as its users do, by its compose file, with these variables in the env file. `down` removes it and its volume. */
export const composeUp = async (kind: keyof typeof composeFiles, variables: Readonly<Record<string, string>> = {}) => {
  const { file, port } = composeFiles[kind]
  const project = `jobtalk-test-${randomBytes(4).toString('hex')}`
  const folder = mkdtempSync(join(tmpdir(), 'container-'))
  const envFile = join(folder, 'env')
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`)
  writeFileSync(envFile, lines.join(''), { mode: 0o600 })
  const env = { ...process.env, JOBTALK_TAG: productImage.split(':')[1], JOBTALK_ENV_FILE: envFile }
  const compose = (...args: readonly string[]) => run('docker-compose', ['-p', project, '-f', file, ...args], { cwd: root, env })
  await compose('up', '-d')
  const id = (await compose('ps', '-q')).stdout.trim()
  const api = apiAt(port)
  const inspect = async <Value>(path: string) => JSON.parse(await docker('inspect', '--format', `{{json ${path}}}`, id)) as Value
  return {
    ...api,
    id,
    inspect,
    compose,
    /** Everything that the container printed so far. */
    logs: async () => {
      const { stdout, stderr } = await run('docker', ['logs', id], { maxBuffer: 1 << 28 })
      return stdout + stderr
    },
    /** Runs a script of bash inside. */
    bash: (script: string) => docker('exec', id, 'bash', '-c', script),
    untilHealthy: async () => {
      const deadline = Date.now() + healthyTimeoutMs
      while (
        !(await api.request('GET /health').then(
          ({ ok }) => ok,
          () => false,
        ))
      ) {
        if (Date.now() > deadline) throw new Error(`the container is not healthy: ${(await run('docker', ['logs', id])).stdout}`)
        await delay(200)
      }
    },
    /** Stops it by `docker stop`, and says with what code and after how long. */
    stop: async () => {
      const startedAt = performance.now()
      await docker('stop', id)
      return { ms: performance.now() - startedAt, code: await inspect<number>('.State.ExitCode') }
    },
    down: async () => {
      await compose('down', '-v')
      rmSync(folder, { recursive: true })
    },
  }
}

export type ContainerUnderTest = Awaited<ReturnType<typeof composeUp>>
