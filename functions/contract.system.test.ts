import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AppUnderTest, openApp } from '../deployment/testing/app-under-test.ts'
import { ReachError } from '../shared/reach/reach-error.ts'
import { describeRequests, type GeneratedRequest } from './requests-under-test.ts'

const seed = Number(process.env['SEED'] ?? 20_260_301)
const runsPerRoute = 150

let site: AppUnderTest
let admin: string
let requests: ReturnType<typeof describeRequests>
beforeAll(async () => {
  // What is generated names hosts that are not ours to call.
  const unreachable = () => new ReachError('refused', { stage: 'ssh-connect', reason: 'refused' })
  site = await openApp(() => ({
    connect: () => Promise.reject(unreachable()),
    sweeper: { captureNow: async () => [], state: () => ({ lastSweepAt: null, inFlight: 0 }), sweep: async () => {}, stop: async () => {} },
  }))
  admin = await site.signIn('ADMIN')
  requests = describeRequests(await site.read('GET /api/openapi.json', {}))
})
afterAll(() => site.close())

const send = async (route: string, { query, body }: GeneratedRequest) => {
  const search = new URLSearchParams(query).toString()
  const response = await site.request(`${route}${search && `?${search}`}`, { as: admin, ...(body !== undefined && { body }) })
  return { status: response.status, text: await response.text() }
}

/** Rules that no schema can say, and the only ones for which an input that fits its schema is refused: each by name. */
const rulesBeyondSchemas = [
  /must be an IANA time zone/,
  /goes with a private key|goes with hostCa|send hostKeySha256 or trustOnFirstUse, not both|send hostCa, hostKeySha256 or trustOnFirstUse/,
  /must be public keys of type|must be fingerprints|The certificate (could not be read|is for another key|is not for a user)/,
  /is required when SSH is enabled|a password or a private key is required|The private key could not be read/,
  /could not be read: it has to (hold|be) .* as PEM|is required with a (key|certificate)|is encrypted: send it without a passphrase/,
  /must (lie|be) in the future|must be at most \d+ days ahead|must be (before|after) (to|from)/,
  /must be an http\(s\) URL|must be an https URL|must have at least 16 characters, or be whsec_|email needs SMTP_HOST|must be a mail address/,
  /has to be ssh-config for|names no host|is no host of the configuration|must be an object with sshConfig/,
  /there is no such (entry|partner)|^is required$/,
  /cron/i,
]
const isBeyondSchemas = (text: string) => {
  const { error } = JSON.parse(text) as { error: { issues?: { message: string }[] } }
  const messages = error.issues?.map(({ message }) => message) ?? []
  return messages.length > 0 && messages.every((message) => rulesBeyondSchemas.some((rule) => rule.test(message)))
}

const check = async (kind: 'allowed' | 'forbidden', holds: (answer: { status: number; text: string }) => boolean) => {
  for (const request of requests) {
    const generated = request[kind]
    // Sign-in is slowed down on purpose, and a user who is made costs the work of a password.
    if (!generated || /\/api\/(login|users)/.test(request.route)) continue
    await fc.assert(
      fc.asyncProperty(generated, async (input) => {
        const answer = await send(request.route, input)
        expect(holds(answer), `${request.route} answered ${answer.status} ${answer.text.slice(0, 500)}`).toBe(true)
      }),
      { seed, numRuns: runsPerRoute, endOnFailure: true },
    )
  }
}

test(`what the document allows is taken, but for rules beyond schemas (seed ${seed})`, async () => {
  await check(
    'allowed',
    ({ status, text }) => (status < 500 && status !== 400 && status !== 422) || (status === 422 && isBeyondSchemas(text)),
  )
})

test(`what the document forbids is refused (seed ${seed})`, async () => {
  await check('forbidden', ({ status }) => status === 422 || status === 400)
})
