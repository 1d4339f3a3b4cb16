import { isUtf8 } from 'node:buffer'
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { BlockList, isIP, isIPv6 } from 'node:net'
import { join } from 'node:path'
import { z } from 'zod'
import { MailAddress } from '../mail-address.ts'

/** The configuration is not usable. `problems` names every variable at fault and never holds a value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(`The configuration is not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`)
    this.problems = problems
  }
}

/** Decodes an encryption key of 32 bytes: 64 hex digits, base64 (or base64url), or exactly 32 characters. `null`: none of these. */
export const decodeKey = (text: string): Uint8Array | null => {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex')
  if (/^[\w+/-]{43}=?$/.test(text)) return Buffer.from(text, 'base64')
  return Buffer.byteLength(text) === 32 ? Buffer.from(text) : null
}

const notAnExample = (text: string) => !/change[-_ ]?me/i.test(text)
const exampleMessage = 'still holds the value of the example file'
const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  )
/** A browser sends exactly this: no path, no final slash, no default port. */
const isOrigin = (text: string) => /^https?:$/.test(URL.parse(text)?.protocol ?? '') && URL.parse(text)?.origin === text
const wholeNumber = (min: number, max: number, fallback: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be from ${min} to ${max}`)
    .default(fallback)
const key = z.string().transform((text, context) => {
  const bytes = decodeKey(text)
  if (!bytes) context.addIssue({ code: 'custom', message: 'must be 32 bytes: 64 hex digits, base64, or exactly 32 characters' })
  return bytes ?? new Uint8Array()
})

/** The proxies whose forwarding headers hold: as nginx takes them, and whether an address is one of them. */
export type TrustedProxies = { networks: readonly string[]; include: (address: string) => boolean }

/** Reads `TRUST_PROXY`: addresses and networks (`10.0.0.0/8`) or `loopback`, split by commas. */
const trustedProxies = list
  .transform((entries) => entries.flatMap((entry) => (entry === 'loopback' ? ['127.0.0.0/8', '::1'] : [entry])))
  .pipe(z.array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], 'must list addresses, networks (10.0.0.0/8) or loopback')))
  .transform((networks): TrustedProxies => {
    const proxies = new BlockList()
    for (const network of networks) {
      const [address = '', bits] = network.split('/')
      const family = isIPv6(address) ? 'ipv6' : 'ipv4'
      if (bits) proxies.addSubnet(address, Number(bits), family)
      else proxies.addAddress(address, family)
    }
    return { networks, include: (address) => isIP(address) !== 0 && proxies.check(address, isIPv6(address) ? 'ipv6' : 'ipv4') }
  })

const Environment = z.object({
  NODE_ENV: z.string().default('development'),
  MONGO_URL: z
    .string()
    .regex(/^mongodb(\+srv)?:\/\//, 'must start with mongodb:// or mongodb+srv://')
    .refine(notAnExample, exampleMessage)
    .optional(),
  DB_NAME: z
    .string()
    .regex(/^[\w-]{1,63}$/, 'must be 1 to 63 letters, digits, _ or -')
    .default('recruitment_admin'),
  DATA_DIR: z.string().default('./data'),
  PORT: wholeNumber(0, 65_535, 8080),
  JWT_SECRET: z.string().min(32, 'must have at least 32 characters').refine(notAnExample, exampleMessage).optional(),
  JWT_EXPIRY_MINUTES: wholeNumber(1, 1440, 15),
  SESSION_DAYS: wholeNumber(1, 365, 7),
  ENCRYPTION_KEY: z.string().refine(notAnExample, exampleMessage).pipe(key).optional(),
  ENCRYPTION_KEY_PREVIOUS: key.optional(),
  ADMIN_PASSWORD: z.string().min(12, 'must have at least 12 characters').refine(notAnExample, exampleMessage).optional(),
  CORS_ORIGINS: list.pipe(z.array(z.string().refine(isOrigin, 'must list origins such as https://admin.example, without a path'))),
  TRUST_PROXY: trustedProxies,
  SMTP_HOST: z.string().optional(),
  SMTP_PORT: wholeNumber(1, 65_535, 587),
  SMTP_USERNAME: z.string().optional(),
  SMTP_PASSWORD: z.string().refine(notAnExample, exampleMessage).optional(),
  SMTP_FROM_EMAIL: MailAddress.optional(),
  ALLOW_PRIVATE_WEBHOOKS: z.stringbool({ truthy: ['true', '1', 'yes'], falsy: ['false', '0', 'no'] }).default(false),
  APP_NAME: z.string().default('JobTalk Admin'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
})

/** The names of all environment variables that the product reads. */
export const variableNames: readonly string[] = Object.keys(Environment.shape)

type Environment = z.infer<typeof Environment>

/** The settings that a process needs to start. Keys are named after the environment variables that set them. */
export type Config = Omit<Environment, 'NODE_ENV' | 'JWT_SECRET' | 'ENCRYPTION_KEY'> & {
  production: boolean
  JWT_SECRET: string
  ENCRYPTION_KEY: Uint8Array
  /** Every secret that arrived or was made, as text, for the log's scrubber. */
  secrets: string[]
}

const requiredInProduction = ['MONGO_URL', 'JWT_SECRET', 'ENCRYPTION_KEY'] as const

const encoded = 'base64:'

/** The text in `base64:…`, in which any text fits on one line of an env file; another value as it is. `null`: not the base64 of UTF-8. */
const decodeValue = (value: string): string | null => {
  if (!value.startsWith(encoded)) return value
  const bytes = Buffer.from(value.slice(encoded.length), 'base64')
  return isUtf8(bytes) && encoded + bytes.toString('base64') === value ? bytes.toString() : null
}

/** Returns the secret kept in `DATA_DIR/<name>` (mode 0600), made on first use. */
const keptSecret = (dataDir: string, name: string): string => {
  const path = join(dataDir, name)
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  try {
    writeFileSync(path, randomBytes(32).toString('hex'), { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  const secret = readFileSync(path, 'utf8').trim()
  if (!/^[0-9a-f]{64}$/.test(secret)) throw new ConfigError([`${path} does not hold the 64 hex digits that were written to it`])
  return secret
}

/**
 * Reads the configuration from environment variables; an empty variable counts as absent, `base64:…` as what it encodes. With `NODE_ENV=production` nothing is
 * made up: `MONGO_URL`, `JWT_SECRET` and `ENCRYPTION_KEY` must be there. Throws `ConfigError` with every problem at once.
 */
export const readConfig = (env: Readonly<Record<string, string | undefined>>): Config => {
  const decoded = Object.entries(env).map(([name, value = '']) => [name, decodeValue(value)] as const)
  const given = new Map(decoded.filter(([name, value]) => name in Environment.shape && value !== ''))
  const present = Object.fromEntries([...given].flatMap(([name, value]) => (value === null ? [] : [[name, value]])))
  const production = present['NODE_ENV'] === 'production'
  const parsed = Environment.safeParse(present)
  const problems = new Set(parsed.error?.issues.map((issue) => `${issue.path.slice(0, 1).join('.')} ${issue.message}`))
  for (const [name, value] of given)
    if (value === null) problems.add(`${name} must be the base64 of UTF-8 text where it starts with ${encoded}`)
  if (production)
    for (const name of requiredInProduction) if (!given.has(name)) problems.add(`${name} is required when NODE_ENV is production`)
  if (!parsed.success || problems.size > 0) throw new ConfigError([...problems])

  const { NODE_ENV: _, JWT_SECRET, ENCRYPTION_KEY, ...rest } = parsed.data
  const jwtSecret = JWT_SECRET ?? keptSecret(rest.DATA_DIR, 'jwt-secret')
  const keptKey = ENCRYPTION_KEY ? undefined : keptSecret(rest.DATA_DIR, 'encryption-key')
  const secretNames = ['ENCRYPTION_KEY', 'ENCRYPTION_KEY_PREVIOUS', 'ADMIN_PASSWORD', 'MONGO_URL', 'SMTP_PASSWORD']
  const secrets = [jwtSecret, keptKey, ...secretNames.map((name) => present[name])]
  const mongoPassword = rest.MONGO_URL?.match(/^[^:]+:\/\/[^:/@]*:([^@/]+)@/)?.[1]
  return {
    ...rest,
    production,
    JWT_SECRET: jwtSecret,
    ENCRYPTION_KEY: ENCRYPTION_KEY ?? Buffer.from(keptKey ?? '', 'hex'),
    secrets: [...secrets, mongoPassword].filter((secret) => secret !== undefined),
  }
}
