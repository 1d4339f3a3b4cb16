import { createHash } from 'node:crypto'
import { readPrivateKey } from '../../shared/node/ssh/read-private-key.ts'

const keptKeys = 1_000
/** Keys in the clear, by the hash of what they were opened from. */
const opened = new Map<string, string>()

/**
 * Takes the place of `shared/node/ssh/open-private-key.ts` in the Worker, where there are no threads: an encrypted key is opened in place, and
 * remembered in memory, as its derivation takes tenths of a second.
 */
export const openPrivateKey = async (text: string, passphrase?: string) => {
  const id = createHash('sha256')
    .update(JSON.stringify([text, passphrase]))
    .digest('base64')
  const known = opened.get(id)
  const read = known === undefined ? readPrivateKey(text, passphrase) : readPrivateKey(known)
  if (!read.ok) return read
  if (known === undefined && passphrase) opened.set(id, read.key.getPrivatePEM())
  const oldest = opened.size > keptKeys ? opened.keys().next().value : undefined
  if (oldest !== undefined) opened.delete(oldest)
  return { ...read, text: known ?? read.key.getPrivatePEM() }
}
