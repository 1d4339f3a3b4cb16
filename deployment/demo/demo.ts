import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeToken } from '../../shared/http/token.ts'
import { createLog } from '../../shared/node/log.ts'
import { firingLevels } from '../../shared/snapshot/snapshot.ts'
import { readArguments, refuseArguments } from '../node/read-arguments.ts'
import { readConfigOrExit } from '../node/read-config-or-exit.ts'
import { serve } from '../node/serve.ts'
import { renderDashboardTable } from './dashboard-table.ts'
import { startDemoFleet } from './fleet.ts'
import { startMailSink } from './mail-sink.ts'

const help = `Runs JobTalk Admin with six simulated partners, each behind an SSH server of its own.

  npm run demo                     in a throwaway data directory, on port 8080
  npm run demo -- --port 9000
  npm run demo -- --data ./demo    keeps its data
  npm run demo -- --seconds 60     ends by itself

Keys: k gives one partner a new host key, q or Ctrl-C ends the demo.
`

const captureIntervalSeconds = 5
const redrawMs = 2_000
const shownMails = 6
const mailChannel = {
  name: 'Demo mail',
  type: 'email',
  levels: [...firingLevels],
  config: { to: ['on-call@jobtalk.example'] },
}

type Client = <Answer>(method: string, path: string, body?: unknown) => Promise<Answer>

const signIn = async (origin: string, password: string): Promise<Client> => {
  const request = async (method: string, path: string, body: unknown, headers: Record<string, string>) => {
    const init = { method, headers: { 'Content-Type': 'application/json', ...headers } }
    const response = await fetch(`${origin}${path}`, body === undefined ? init : { ...init, body: JSON.stringify(body) })
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`)
    return response.json()
  }
  const authorize = async () => {
    const { accessToken } = (await request('POST', '/api/login', { username: 'admin', password }, {})) as { accessToken: string }
    return { Authorization: `Bearer ${accessToken}` }
  }
  let headers = await authorize()
  setInterval(async () => {
    headers = await authorize().catch(() => headers)
  }, 10 * 60_000).unref()
  return async <Answer>(method: string, path: string, body?: unknown) => (await request(method, path, body, headers)) as Answer
}

/** The admin's password of this data directory, made on first use: a later run on the same data signs in with it. */
const keptPassword = (directory: string): string => {
  const path = join(directory, 'demo-admin-password')
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  if (!existsSync(path)) writeFileSync(path, makeToken().slice(0, 16), { mode: 0o600 })
  return readFileSync(path, 'utf8')
}

/** Creates the partners that are not there yet, and points those of an earlier run at their new ports and keys. */
const createPartners = async (client: Client, creations: Awaited<ReturnType<typeof startDemoFleet>>['creations']) => {
  const existing = await client<{ id: string; partnerName: string; version: number }[]>('GET', '/api/partners')
  for (const creation of creations) {
    const known = existing.find(({ partnerName }) => partnerName === creation.partnerName)
    if (!known) await client('POST', '/api/partners', creation)
    else {
      const { db, ssh } = creation
      await client('PATCH', `/api/partners/${known.id}`, { version: known.version, db: { port: db.port, password: db.password }, ssh })
    }
  }
}

/** A channel that mails every alert to the demo's own mail server. */
const createMailChannel = async (client: Client) => {
  const channels = await client<{ name: string }[]>('GET', '/api/alerts/channels')
  if (channels.some(({ name }) => name === mailChannel.name)) return
  await client('POST', '/api/alerts/channels', mailChannel)
}

const { values } = readArguments(help, { port: { type: 'string' }, data: { type: 'string' }, seconds: { type: 'string' } })
if (values.seconds !== undefined && !/^\d+$/.test(values.seconds)) refuseArguments('--seconds must be a whole number.', help)

const dataDir = values.data ?? mkdtempSync(join(tmpdir(), 'jobtalk-demo-'))
if (values.data === undefined) process.on('exit', () => rmSync(dataDir, { recursive: true, force: true }))
const adminPassword = process.env['ADMIN_PASSWORD'] || keptPassword(dataDir)
const mail = await startMailSink()
const config = readConfigOrExit({
  SMTP_HOST: '127.0.0.1',
  SMTP_PORT: String(mail.port),
  SMTP_FROM_EMAIL: 'alerts@jobtalk.example',
  ...(process.env['PORT'] && { PORT: process.env['PORT'] }),
  ...(values.port !== undefined && { PORT: values.port }),
  DATA_DIR: dataDir,
  ADMIN_PASSWORD: adminPassword,
})
const fleet = await startDemoFleet({ now: Date.now })
const service = await serve(config, createLog({ level: 'silent', secrets: config.secrets })).catch((error: unknown) => {
  process.stderr.write(`The demo could not start: ${error instanceof Error ? error.message : error}\n`)
  process.exit(1)
})
const origin = `http://localhost:${service.port}`
const client = await signIn(origin, adminPassword)
await client('PUT', '/api/settings', { captureIntervalSeconds })
await createPartners(client, fleet.creations)
await createMailChannel(client)

let note = 'k: new host key for one partner   q: end'
const isTerminal = process.stdout.isTTY === true
const heading = `JobTalk Admin at ${origin}   API: ${origin}/api/docs\nadmin / ${adminPassword}\n`
if (!isTerminal) process.stdout.write(`${heading}\n`)

const draw = async () => {
  const dashboard = await client<Parameters<typeof renderDashboardTable>[0]>('GET', '/api/dashboard')
  const table = renderDashboardTable(dashboard, { nowMs: Date.now(), colors: isTerminal })
  const mails = mail
    .subjects()
    .slice(-shownMails)
    .map((subject) => `  mail: ${subject}\n`)
  const screen = `${table}\n${mails.join('')}`
  process.stdout.write(isTerminal ? `\x1b[2J\x1b[H${heading}\n${screen}\n${note}\n` : `${screen}\n`)
}
const reportDrawError = (error: unknown) => {
  note = `The dashboard could not be read: ${error instanceof Error ? error.message : error}`
}
const timer = setInterval(() => void draw().catch(reportDrawError), redrawMs)

let isEnding = false
const end = async () => {
  if (isEnding) return
  isEnding = true
  clearInterval(timer)
  if (isTerminal) process.stdin.setRawMode(false)
  process.stdin.pause()
  await service.stop()
  await fleet.stop()
  await mail.stop()
  process.stdout.write('The demo has ended.\n')
}
if (isTerminal) {
  process.stdin.setRawMode(true)
  process.stdin.on('data', (key) => {
    if (key.toString() === 'k') note = `${fleet.changeHostKey().name} has a new host key: its captures are refused until you trust it`
    else if (['q', '\x03'].includes(key.toString())) end()
  })
}
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, end)
if (values.seconds !== undefined) setTimeout(end, Number(values.seconds) * 1000).unref()
