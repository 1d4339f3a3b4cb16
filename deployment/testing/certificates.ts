import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { programPath } from './real-part.ts'

/** A certificate and its key, as PEM and as files. */
export type Issued = { certificate: string; key: string; certificateFile: string; keyFile: string }

/** A certificate authority of a test, in a temporary folder. */
export type CertificateAuthority = {
  certificate: string
  certificateFile: string
  /** `subjectAltName` as OpenSSL writes it (`DNS:db.example`); `days` from now until the certificate ends. */
  issue(subject: string, options?: { subjectAltName?: string; days?: number }): Issued
  remove(): void
}

/** Makes a certificate authority with OpenSSL's command line. */
export const createCertificateAuthority = (): CertificateAuthority => {
  const folder = mkdtempSync(join(tmpdir(), 'certificates-'))
  const openssl = (...args: string[]) => execFileSync(programPath('openssl'), args, { cwd: folder, stdio: 'pipe' })
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  openssl('req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=Test CA', '-days', '30')
  let count = 0
  const file = (name: string) => join(folder, name)
  return {
    certificate: readFileSync(file('ca.pem'), 'utf8'),
    certificateFile: file('ca.pem'),
    issue: (subject, { subjectAltName, days = 30 } = {}) => {
      const name = String(++count)
      const [keyFile, certificateFile] = [file(`${name}.key`), file(`${name}.pem`)]
      writeFileSync(file(`${name}.cnf`), subjectAltName ? `subjectAltName=${subjectAltName}\n` : '\n')
      openssl('req', ...newKey, '-keyout', keyFile, '-out', `${name}.csr`, '-subj', `/CN=${subject}`)
      const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', String(days), '-extfile', `${name}.cnf`]
      openssl('x509', '-req', '-in', `${name}.csr`, ...by, '-out', certificateFile)
      return { certificate: readFileSync(certificateFile, 'utf8'), key: readFileSync(keyFile, 'utf8'), certificateFile, keyFile }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
