import { constants } from 'node:crypto'
import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import { checkServerIdentity, connect, type PeerCertificate, type TLSSocket } from 'node:tls'
import type { DatabaseTls, TlsSession } from '../../reach/reach-target.ts'
import { ReachFailure, showRemoteText } from '../reach/reach-failure.ts'

/** What goes wrong with a certificate, by OpenSSL's and Node's codes. */
const certificateProblems: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'has expired: the server needs a new one',
  CERT_NOT_YET_VALID: 'is not valid yet: compare the clocks',
  CERT_REVOKED: 'is revoked',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'is signed by itself and is not trusted: give it, or its CA, as db.tlsCa',
  SELF_SIGNED_CERT_IN_CHAIN: 'is signed by a CA that is not trusted: give that CA as db.tlsCa',
  UNABLE_TO_GET_ISSUER_CERT: 'is signed by a CA that is not trusted: give that CA as db.tlsCa',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'is signed by a CA that is not trusted: give that CA as db.tlsCa',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'is signed by a CA that is not trusted: give that CA as db.tlsCa',
  CERT_SIGNATURE_FAILURE: 'is not signed by the CA that is trusted',
  INVALID_CA: 'is signed by a certificate that is no CA',
  CA_MD_TOO_WEAK: 'has a signature that is too weak',
  EE_KEY_TOO_SMALL: 'has a key that is too small',
  INVALID_PURPOSE: 'is not one for a server',
}

/**
 * Encrypts a stream as the client, after both sides agreed to. Calls back with the failure, or without one once the certificate is checked
 * as `tls` asks; the server's name is `host`. What breaks the encryption later goes to `giveUp`, with the failure where it is the server's.
 */
export const startTls = (
  stream: Duplex,
  host: string,
  tls: DatabaseTls,
  { done, giveUp }: { done: (failure?: ReachFailure) => void; giveUp: (failure?: ReachFailure) => void },
): TLSSocket => {
  const secure = connect({
    socket: stream,
    ...(isIP(host) === 0 && { servername: host }),
    ca: tls.ca,
    cert: tls.certificate,
    key: tls.key,
    rejectUnauthorized: tls.mode !== 'required',
    checkServerIdentity: (_name, certificate) => (tls.mode === 'verify-full' ? wrongName(host, certificate) : undefined),
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    minVersion: 'TLSv1.2',
  })
  let isSecure = false
  secure.once('secureConnect', () => {
    isSecure = true
    done()
  })
  secure.on('error', (cause) => {
    if (isSecure) giveUp(describeAlert(cause))
    else done(describeTlsError(cause))
  })
  secure.on('close', () => giveUp())
  // Node tells of tickets to resume by only where somebody listens: whoever watches the stream counts them.
  secure.on('session', () => {})
  return secure
}

const wrongName = (host: string, certificate: PeerCertificate): Error | undefined => {
  if (!checkServerIdentity(host, certificate)) return undefined
  const names = certificate.subjectaltname ?? certificate.subject?.CN ?? 'no name'
  return new ReachFailure('certificate', `The database's certificate is not for ${host} but for ${showRemoteText(String(names))}.`)
}

/** Why the encryption did not come about. */
const describeTlsError = (cause: NodeJS.ErrnoException): ReachFailure => {
  if (cause instanceof ReachFailure) return cause
  const { code = '' } = cause
  const problem = certificateProblems[code]
  if (problem) return new ReachFailure('certificate', `The database's certificate ${problem}.`, { cause })
  const detail = /^[A-Z0-9_]+$/.test(code) ? ` (${code})` : ''
  return new ReachFailure('tls-failed', `The encryption of the connection to the database failed${detail}.`, { cause })
}

/** Since TLS 1.3 a server looks at a client's certificate when the client believes that all is well. */
const describeAlert = ({ code = '' }: NodeJS.ErrnoException): ReachFailure | undefined =>
  /^ERR_SSL_\w+_ALERT_\w*(CERTIFICATE|UNKNOWN_CA|DECRYPT_ERROR|ACCESS_DENIED)/.test(code)
    ? new ReachFailure('tls-failed', `The database refused the client certificate (${code}): check db.tlsCertificate and db.tlsKey.`)
    : undefined

/** What the server showed. Text of the certificate is cut to what can be shown. */
export const tlsSessionOf = (secure: TLSSocket): TlsSession => {
  const certificate = secure.getPeerX509Certificate()
  return {
    protocol: secure.getProtocol() ?? 'unknown',
    cipher: secure.getCipher().name,
    certificate: certificate
      ? {
          subject: nameOf(certificate.subject),
          issuer: nameOf(certificate.issuer),
          notAfter: certificate.validToDate.toISOString(),
        }
      : null,
  }
}

/** A distinguished name on one line, its parts separated by commas. */
const nameOf = (name: string | undefined): string => showRemoteText((name ?? '').replaceAll('\n', ', '))
