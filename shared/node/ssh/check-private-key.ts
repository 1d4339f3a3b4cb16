import type { PrivateKeyDeps } from '../../partner/private-key-issue.ts'
import { readUserCertificate } from './certificates/certify-key.ts'
import type { OpenKey } from './open-private-key.ts'
import { readPrivateKey } from './read-private-key.ts'

/** Makes the check of a private key and its certificate that partners need before they are stored. */
export const createCheckPrivateKey =
  (openKey: OpenKey): PrivateKeyDeps['checkPrivateKey'] =>
  async (privateKey, passphrase, certificate) => {
    const opened = await openKey(privateKey, passphrase)
    const read = opened.ok && certificate !== undefined ? readPrivateKey(opened.text) : opened
    if (!read.ok) return { path: read.field, message: read.message }
    if (certificate === undefined || !('key' in read)) return null
    const user = readUserCertificate(certificate, read.key)
    return 'message' in user ? { path: 'certificate', message: user.message } : null
  }
