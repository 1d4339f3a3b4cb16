import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { apiAt } from '../testing/api-under-test.ts'

const root = join(import.meta.dirname, '../..')
const startTimeoutMs = 60_000

/** The variables that the Worker under test runs with. */
export const workerVariables = {
  JWT_SECRET: 'plover-window-'.repeat(4),
  ENCRYPTION_KEY: '0123456789abcdef'.repeat(4),
  ADMIN_PASSWORD: 'gannet-3-orchard',
}

/** Keeps wrangler from asking hosts on the internet: for a sample of Cloudflare's data on a request, and for a newer version of itself. */
export const quietWrangler = { CLOUDFLARE_CF_FETCH_ENABLED: 'false', WRANGLER_HIDE_BANNER: 'true' }

/** The Worker in workerd, as `npm run edge` runs it, but for the UI, which is one empty page. An empty variable is absent. */
export const startWorker = async (mongoUrl: string, dbName: string, variables: Partial<typeof workerVariables> = {}) => {
  const folder = mkdtempSync(join(tmpdir(), 'jobtalk-edge-'))
  const assets = join(folder, 'assets')
  mkdirSync(join(assets, 'api-docs'), { recursive: true })
  writeFileSync(join(assets, 'index.html'), '<div id="app"></div>')
  for (const name of ['swagger-ui.css', 'swagger-ui-bundle.js']) writeFileSync(join(assets, 'api-docs', name), '/* the API browser */')
  writeFileSync(
    join(folder, 'env'),
    Object.entries({ ...workerVariables, ...variables, MONGO_URL: mongoUrl, DB_NAME: dbName })
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  )
  const args = [
    'dev',
    '--config',
    join(root, 'deployment/edge/wrangler.jsonc'),
    '--ip',
    '127.0.0.1',
    '--port',
    '0',
    '--inspector-port',
    '0',
  ]
  const child = spawn(
    join(root, 'node_modules/.bin/wrangler'),
    [
      ...args,
      '--assets',
      assets,
      '--env-file',
      join(folder, 'env'),
      '--persist-to',
      folder,
      '--test-scheduled',
      '--show-interactive-dev-session=false',
    ],
    {
      cwd: root,
      env: { PATH: process.env['PATH'] ?? '', HOME: folder, CI: 'true', ...quietWrangler },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
    })
  const ended = once(child, 'close')
  const signal = AbortSignal.timeout(startTimeoutMs)
  const portOf = () => /Ready on http:\/\/127\.0\.0\.1:(\d+)/.exec(output)?.[1]
  while (!portOf()) {
    if (child.exitCode !== null || signal.aborted) throw new Error(`the Worker did not start: ${output}`)
    await Promise.race([once(child.stdout, 'data', { signal }).catch(() => undefined), ended])
  }
  const port = Number(portOf())
  return {
    port,
    ...apiAt(port),
    /** Lets the cron trigger fire once. */
    runScheduled: async () => (await fetch(`http://127.0.0.1:${port}/cdn-cgi/handler/scheduled`)).text(),
    output: () => output,
    stop: async () => {
      child.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
