import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { MongoClient } from 'mongodb'
import { expect, onTestFinished, test } from 'vitest'
import { createSshKey } from '../demo/create-ssh-key.ts'
import { startSimulatedPartner } from '../demo/simulated-partner.ts'
import { makeDataDir, type ServiceUnderTest, startService } from '../testing/service-under-test.ts'

const secret = (name: string) => `${name}-${randomBytes(12).toString('hex')}`
const passphrase = secret('passphrase')
const env = {
  ADMIN_PASSWORD: secret('admin'),
  JWT_SECRET: secret('jwt-secret-of-enough-characters'),
  ENCRYPTION_KEY: randomBytes(32).toString('hex'),
  ENCRYPTION_KEY_PREVIOUS: randomBytes(32).toString('base64'),
  SMTP_PASSWORD: secret('smtp'),
}
const typed = {
  wrongPassword: secret('wrong'),
  wrongDbPassword: secret('wrong-db'),
  wrongPassphrase: secret('wrong-passphrase'),
  misplaced: secret('misplaced'),
  webhook: secret('webhook'),
  slackPath: secret('slack'),
  routingKey: randomBytes(16).toString('hex'),
  newPassword: secret('new-admin'),
  // So short that an error about the text beside it would quote it whole.
  short: 'hush-775',
}
const encryptedKey = createSshKey({ passphrase, cipher: 'aes256-ctr', rounds: 16 }).privateKey
/** The lines of a key that hold it. */
const keyLines = (privateKey: string) => privateKey.split('\n').filter((line) => line.length > 20 && !line.startsWith('-'))

/** Signs in and out in every way that sends a secret, and returns the tokens that came of it. */
const signInEveryWay = async ({ request, read }: ServiceUnderTest) => {
  const credentials = (password: string) => ({ body: { username: 'admin', password } })
  await request('POST /api/login', credentials(typed.wrongPassword))
  await request('POST /api/login', { body: { username: 'nobody', password: typed.wrongPassword, extra: typed.misplaced } })
  await request('POST /api/login', { body: { password: typed.misplaced, username: ['admin'] } })
  const signedIn = await request('POST /api/login', credentials(env.ADMIN_PASSWORD))
  const { accessToken: as } = (await signedIn.json()) as { accessToken: string }
  const cookieOf = (response: Response) => response.headers.get('set-cookie')?.split(';')[0] ?? ''
  const spent = cookieOf(signedIn)
  const fresh = cookieOf(await request('POST /api/login/refresh', { headers: { Cookie: spent } }))
  const body = { name: 'reader', scopes: ['dashboard:read'], expiresAt: new Date(Date.now() + 60_000).toISOString() }
  const { token } = await read<{ token: string }>('POST /api/tokens', { as, body })
  await request('GET /api/partners', { as: token })
  await request('GET /api/dashboard', { as: `${token}x` })
  await request('GET /api/dashboard', { as: `${as}x` })
  return { as, token, refresh: [spent, fresh].map((cookie) => cookie.split('=')[1] ?? '') }
}

test('neither the output of a process nor its database holds a secret in clear, whatever went right or wrong', async () => {
  const partner = await startSimulatedPartner({ name: 'Acme', seed: 1, profile: 'steady', now: Date.now })
  onTestFinished(() => partner.stop())
  const { privateKey, ...ssh } = partner.ssh
  const DATA_DIR = makeDataDir()
  await using service = await startService({ env: { ...env, DATA_DIR, LOG_LEVEL: 'trace' } })
  const { request, read } = service
  const { as, token, refresh } = await signInEveryWay(service)
  const send = (route: string, body?: unknown) => request(route, { as, body })
  const statuses = async (...answers: Promise<Response>[]) => Promise.all(answers.map(async (answer) => (await answer).status))

  const { id } = await read<{ id: string }>('POST /api/partners', { as, body: { partnerName: 'Acme', ssh, db: partner.db } })
  const byKey = { ...ssh, password: undefined, privateKey }
  const byOtherKey = { ...byKey, privateKey: encryptedKey, passphrase }
  await read('POST /api/partners', { as, body: { partnerName: 'Keyed', ssh: byOtherKey, db: partner.db } })
  expect(await read('POST /api/probe', { as, body: { ssh: byKey, db: partner.db } })).toMatchObject({ ok: true })
  const failed = [
    { ssh: byOtherKey, db: partner.db },
    { ssh: { ...ssh, password: typed.wrongPassword }, db: partner.db },
    { ssh, db: { ...partner.db, password: typed.wrongDbPassword } },
  ]
  for (const body of failed) expect(await read('POST /api/probe', { as, body })).toMatchObject({ ok: false })
  expect(await read('POST /api/snapshots/capture', { as, body: {} })).toMatchObject({ results: [{}, {}] })

  const rejected = { partnerName: '', ssh: { ...byOtherKey, password: typed.misplaced }, db: { ...partner.db, secret: typed.misplaced } }
  const unreadable = { ...byOtherKey, passphrase: typed.wrongPassphrase }
  expect(
    await statuses(
      send('POST /api/partners', rejected),
      send('POST /api/partners', { partnerName: 'Other', ssh: unreadable, db: partner.db }),
      send(`PATCH /api/partners/${id}`, { version: 1, db: { password: { value: typed.misplaced } } }),
      send('POST /api/partners/import', [rejected]),
      send('POST /api/probe', { ...rejected, [typed.misplaced]: 1 }),
      send('POST /api/alerts/channels', { name: '', type: 'webhook', config: { url: typed.misplaced, secret: typed.webhook } }),
    ),
  ).toEqual([422, 422, 422, 422, 422, 422])
  const sendText = (route: string, body: string, type = 'application/json') =>
    fetch(`http://127.0.0.1:${service.port}${route}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${as}`, 'Content-Type': type },
      body,
    })
  const brokenJson = ['/api/partners', '/api/partners/import', '/api/login'].map((route) =>
    sendText(route, `[{"password":${typed.short}}]`),
  )
  expect(await statuses(...brokenJson)).toEqual([400, 400, 400])
  const csv = (text: string) => sendText('/api/partners/import', text, 'text/csv')
  expect(await statuses(csv(`db.password\n"${typed.short}"x`), csv(`${typed.short}\n1`), csv(`db.password\n1,${typed.short}`))).toEqual([
    422, 422, 422,
  ])

  const channels = [
    { name: 'Hook', type: 'webhook', config: { url: 'https://127.0.0.1:1/hook', secret: typed.webhook } },
    { name: 'Slack', type: 'slack', config: { url: `https://127.0.0.1:1/services/${typed.slackPath}` } },
    { name: 'Pager', type: 'pagerduty', config: { routingKey: typed.routingKey } },
  ]
  for (const body of channels) await read('POST /api/alerts/channels', { as, body })
  for (const { id: channel, type } of await read<{ id: string; type: string }[]>('GET /api/alerts/channels', { as }))
    if (type !== 'pagerduty') await send(`POST /api/alerts/channels/${channel}/test`)

  const socket = encodeURIComponent(join(DATA_DIR, 'mongo', 'mongo.sock'))
  const client = await MongoClient.connect(`mongodb://${socket}`)
  onTestFinished(() => client.close())
  const db = client.db('recruitment_admin')
  await db.collection<{ _id: string }>('partner_configs').insertOne({ _id: 'broken' })
  expect(await statuses(send('GET /api/partners'), send('POST /api/probe/broken'), send('GET /api/dashboard'))).toEqual([500, 500, 500])
  await db.collection<{ _id: string }>('partner_configs').deleteOne({ _id: 'broken' })

  await send('POST /api/login/password', { currentPassword: typed.wrongPassword, newPassword: typed.newPassword })
  await send('POST /api/login/password', { currentPassword: env.ADMIN_PASSWORD, newPassword: typed.newPassword })
  await request('POST /api/login/refresh', { headers: { Cookie: `refresh_token=${refresh[0]}` } })
  const collections = await db.listCollections({}, { nameOnly: true }).toArray()
  const documents = await Promise.all(collections.map(({ name }) => db.collection(name).find().toArray()))
  expect((await service.stop()).code).toBe(0)

  const secrets = [
    ...Object.values({ ...env, ...typed }),
    ...[passphrase, partner.ssh.password, partner.db.password, as, token, ...refresh],
    ...[...keyLines(privateKey), ...keyLines(encryptedKey)],
  ]
  expect(secrets.filter((text) => text.length < 8)).toEqual([])
  const output = service.output.stdout + service.output.stderr
  expect(output.match(/"msg":"request"/g)?.length).toBeGreaterThan(30)
  for (const [place, text] of Object.entries({ output, database: JSON.stringify(documents) }))
    expect(
      secrets.filter((value) => text.includes(value)),
      place,
    ).toEqual([])
})
