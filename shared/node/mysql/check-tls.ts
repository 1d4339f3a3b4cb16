import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import type { Issue } from '../../errors.ts'
import type { TlsMaterial } from '../../partner/private-key-issue.ts'

const certificateBlock = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g

/** What is wrong with the certificates and the key of a connection to a database; `path` is `tlsCa`, `tlsCertificate` or `tlsKey`. */
export const checkTls = ({ ca, certificate, key }: TlsMaterial): Issue | null => {
  if (ca !== undefined && readCertificates(ca).length === 0)
    return { path: 'tlsCa', message: 'could not be read: it has to hold certificates as PEM' }
  if (certificate === undefined && key === undefined) return null
  if (certificate === undefined) return { path: 'tlsCertificate', message: 'is required with a key' }
  const [own] = readCertificates(certificate)
  if (!own) return { path: 'tlsCertificate', message: 'could not be read: it has to be a certificate as PEM' }
  if (key === undefined) return { path: 'tlsKey', message: 'is required with a certificate' }
  // A key that is encrypted would be worked on for as long as it says itself.
  if (/ENCRYPTED/.test(key)) return { path: 'tlsKey', message: 'is encrypted: send it without a passphrase, it is sealed here' }
  const opened = readKey(key)
  if (!opened) return { path: 'tlsKey', message: 'could not be read: it has to be a private key as PEM' }
  return own.checkPrivateKey(opened) ? null : { path: 'tlsKey', message: 'does not belong to the certificate' }
}

/** All certificates of a PEM text; none when one of them cannot be read. */
const readCertificates = (pem: string): X509Certificate[] => {
  try {
    return (pem.match(certificateBlock) ?? []).map((block) => new X509Certificate(block))
  } catch {
    return []
  }
}

const readKey = (pem: string): KeyObject | null => {
  try {
    return createPrivateKey(pem)
  } catch {
    return null
  }
}
