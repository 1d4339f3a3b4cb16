import { z } from 'zod'
import { type TlsMode, tlsModes } from '../reach/reach-target.ts'

/** A whole number of a range, which its error names. */
export const whole = (min: number, max: number) => {
  const error = `must be a whole number from ${min} to ${max}`
  return z.int(error).min(min, error).max(max, error)
}
const text = () => z.string({ error: ({ input }) => (input === undefined ? 'is required' : 'must be text') })

export const Port = whole(1, 65_535)
const Host = text()
  .trim()
  .min(1, { error: 'is required', abort: true })
  .max(253)
  .regex(/^[\w.:%-]+$/, 'must be a host name or an address')
export const Text = text().trim().min(1, 'is required').max(200)
export const Secret = z.string().min(1, 'must not be empty').max(1_000)
export const KeyText = z.string().min(1, 'must not be empty').max(20_000)
export const Sha256 = z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/, 'must be SHA256: and 43 characters, as ssh-keygen -l prints it')

export const databaseFields = { host: Host, port: Port, name: Text.max(64), username: Text.max(80) }
export const Tls = z.enum(tlsModes, `must be one of ${tlsModes.join(', ')}`)
export const tlsFields = { tls: Tls, tlsCa: KeyText, tlsCertificate: KeyText }
export const sshFields = { enabled: z.boolean(), host: Host, port: Port, username: Text.max(80) }

const NewDatabase = z.strictObject({
  ...databaseFields,
  type: z.literal('mysql').default('mysql'),
  port: Port.default(3306),
  password: Secret.optional(),
  ...z.object({ ...tlsFields, tlsKey: KeyText }).partial().shape,
})

/** What a new connection does where nobody says: a direct one is encrypted, and one inside a tunnel is so already. */
export const tlsByDefault = ({ enabled }: { enabled: boolean }): TlsMode => (enabled ? 'off' : 'required')

const NewSsh = z
  .strictObject({
    enabled: z.boolean().default(true),
    host: Host.optional(),
    port: Port.default(22),
    username: Text.max(80).optional(),
    password: Secret.optional(),
    privateKey: KeyText.optional(),
    passphrase: Secret.optional(),
    hostKeySha256: Sha256.optional(),
    trustOnFirstUse: z.boolean().default(false),
  })
  .superRefine((value, context) => {
    const issue = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message })
    if (value.password && value.privateKey) issue('privateKey', 'send a password or a private key, not both')
    if (value.passphrase && !value.privateKey) issue('passphrase', 'goes with a private key')
    if (value.hostKeySha256 && value.trustOnFirstUse) issue('trustOnFirstUse', 'send hostKeySha256 or trustOnFirstUse, not both')
    if (!value.enabled) return
    if (!value.host) issue('host', 'is required when SSH is enabled')
    if (!value.username) issue('username', 'is required when SSH is enabled')
    if (!value.password && !value.privateKey) issue('privateKey', 'a password or a private key is required when SSH is enabled')
  })

/** A connection as an admin enters it: what a probe needs. */
export const NewConnection = z.object({ db: NewDatabase, ssh: NewSsh.default({ enabled: false, port: 22, trustOnFirstUse: false }) })
export type NewConnection = z.infer<typeof NewConnection>
