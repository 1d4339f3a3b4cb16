import pino, { type DestinationStream } from 'pino'
import type { Log } from '../log.ts'

const redacted = '[redacted]'
const secretKeys = ['password', 'privateKey', 'passphrase', 'secret', 'token', 'accessToken', 'authorization', 'cookie', 'routingKey']

/**
 * A JSON-lines logger on stdout (or `destination`). Fields named like a secret are redacted, and every string in `secrets`
 * is removed from the finished line wherever it stands, an error's message and stack included.
 */
export const createLog = (options: { level: string; secrets?: readonly string[]; destination?: DestinationStream }): Log => {
  const secrets = (options.secrets ?? []).filter((secret) => secret.length >= 6).sort((left, right) => right.length - left.length)
  const scrub = (line: string) => secrets.reduce((text, secret) => text.replaceAll(JSON.stringify(secret).slice(1, -1), redacted), line)
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
      redact: { paths: secretKeys.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: redacted },
      hooks: { streamWrite: scrub },
    },
    options.destination ?? pino.destination({ dest: 1, sync: true }),
  )
}
