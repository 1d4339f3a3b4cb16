import { z } from 'zod'

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
const KeyText = z.string().min(1, 'must not be empty').max(20_000)
/** One line, as in a file `id_ed25519-cert.pub`. */
const CertificateLine = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(20_000)
  .regex(/^\S+-cert-v01@openssh\.com \S+( [^\r\n]*)?$/, 'must be one line of a certificate, as in id_ed25519-cert.pub')
/** The types of keys whose signatures of certificates can be checked. */
const authorityLine = /^(ssh-ed25519|ecdsa-sha2-nistp(?:256|384|521)|ssh-rsa) ([A-Za-z0-9+/]+={0,2})( [^\r\n]*)?$/
/** A public key begins with the length of its type's name and the name itself (RFC 4253, section 6.6). */
const namesItsType = (line: string): boolean => {
  const [, type = '', base64 = ''] = authorityLine.exec(line) ?? []
  try {
    return atob(base64).startsWith(`\0\0\0${String.fromCharCode(type.length)}${type}`)
  } catch {
    return false
  }
}
export const HostCa = z
  .array(z.string().trim().max(5_000))
  .max(10, 'must be at most 10 keys')
  .refine((lines) => lines.every(namesItsType), 'must be public keys of type Ed25519, ECDSA or RSA, as in a file that ends with .pub')
export const Sha256 = z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/, 'must be SHA256: and 43 characters, as ssh-keygen -l prints it')
/** A fingerprint, maybe after the type of its key: a server with several keys is then asked for that one. */
export const HostKeyPin = z
  .string()
  .regex(/^(?:[a-z0-9-]{1,64} )?SHA256:[A-Za-z0-9+/]{43}$/, 'must be SHA256: and 43 characters, as ssh-keygen -l prints it')

export const databaseFields = { host: Host, port: Port, name: Text.max(64), username: Text.max(80) }
export const sshAddress = { host: Host, port: Port, username: Text.max(80) }

/** Fingerprints of hosts' and authorities' keys that are not trusted any more. */
export const RevokedKeys = z
  .array(z.string().trim())
  .max(100, 'must be at most 100 fingerprints')
  .refine((keys) => keys.every((key) => Sha256.safeParse(key).success), 'must be fingerprints, as ssh-keygen -l prints them')

/** How to sign in to an SSH server and which key it has to have, when there is nothing stored yet. */
const newSshLogin = {
  password: Secret.optional(),
  privateKey: KeyText.optional(),
  passphrase: Secret.optional(),
  certificate: CertificateLine.optional(),
  hostKeySha256: HostKeyPin.optional(),
  trustOnFirstUse: z.boolean().default(false),
  hostCa: HostCa.optional(),
  revokedKeys: RevokedKeys.optional(),
}

/** The same as a change sends it: `null` clears what is stored. */
export const sshLoginPatch = {
  password: Secret.nullable(),
  privateKey: KeyText.nullable(),
  passphrase: Secret.nullable(),
  certificate: CertificateLine.nullable(),
  hostKeySha256: HostKeyPin.nullable(),
  trustOnFirstUse: z.boolean(),
  hostCa: HostCa.nullable(),
  revokedKeys: RevokedKeys.nullable(),
}

type ReportIssue = (field: string, message: string) => void
type NewSshLogin = z.infer<z.ZodObject<typeof newSshLogin>>
/** An SSH server as an admin enters it. Host and user are there wherever it is used. */
export type NewSshServer = NewSshLogin & { host?: string | undefined; port: number; username?: string | undefined }

const checkNewSshLogin = (login: NewSshLogin, issue: ReportIssue) => {
  if (login.passphrase && !login.privateKey) issue('passphrase', 'goes with a private key')
  if (login.certificate && !login.privateKey) issue('certificate', 'goes with a private key')
  if (login.hostCa?.length && (login.hostKeySha256 || login.trustOnFirstUse))
    issue('hostCa', 'send hostCa, hostKeySha256 or trustOnFirstUse, not two of them')
  if (login.revokedKeys?.length && !login.hostCa?.length) issue('revokedKeys', 'goes with hostCa')
  if (login.hostKeySha256 && login.trustOnFirstUse) issue('trustOnFirstUse', 'send hostKeySha256 or trustOnFirstUse, not both')
}

const NewDatabase = z.strictObject({
  ...databaseFields,
  type: z.literal('mysql').default('mysql'),
  port: Port.default(3306),
  password: Secret.optional(),
})

export const maxJumps = 3
const tooManyJumps = `must be at most ${maxJumps} hops`

/** The hops to the SSH server, in order. */
export const jumpsOf = <Jump extends z.ZodType>(jump: Jump) => z.array(jump).max(maxJumps, tooManyJumps)

const NewJump = z.strictObject({ ...sshAddress, port: Port.default(22), ...newSshLogin }).superRefine((login, context) => {
  const issue: ReportIssue = (field, message) => context.addIssue({ code: 'custom', path: [field], message })
  checkNewSshLogin(login, issue)
  if (!login.password && !login.privateKey) issue('privateKey', 'a password or a private key is required')
})

const NewSsh = z
  .strictObject({
    enabled: z.boolean().default(true),
    host: Host.optional(),
    port: Port.default(22),
    username: Text.max(80).optional(),
    ...newSshLogin,
    jumps: jumpsOf(NewJump).default([]),
  })
  .superRefine((value, context) => {
    const issue: ReportIssue = (field, message) => context.addIssue({ code: 'custom', path: [field], message })
    checkNewSshLogin(value, issue)
    if (!value.enabled) return
    if (!value.host) issue('host', 'is required when SSH is enabled')
    if (!value.username) issue('username', 'is required when SSH is enabled')
    if (!value.password && !value.privateKey) issue('privateKey', 'a password or a private key is required when SSH is enabled')
  })

/** A connection as an admin enters it: what a probe needs. */
export const NewConnection = z.object({
  db: NewDatabase,
  ssh: NewSsh.default({ enabled: false, port: 22, trustOnFirstUse: false, jumps: [] }),
})
export type NewConnection = z.infer<typeof NewConnection>
