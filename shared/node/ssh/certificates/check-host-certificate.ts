import type { HostAuthorities } from '../../../reach/reach-target.ts'
import { ReachFailure, showRemoteText } from '../../reach/reach-failure.ts'
import { describeHostKey } from '../host-key.ts'
import { type Certificate, describeValidity } from './read-certificate.ts'
import { isSignedBy } from './signature.ts'

/**
 * Checks a host's certificate as OpenSSH 10.3 does: `*` and `?` of a principal match any text and any character, and one that names no host
 * is good for none. @throws ReachFailure `host-certificate`
 */
export const checkHostCertificate = (certificate: Certificate, trust: HostAuthorities, host: string, now: Date): void => {
  const problem = findProblem(certificate, trust, host, now)
  if (problem) throw new ReachFailure('host-certificate', `The host certificate ${problem}.`)
}

const findProblem = (certificate: Certificate, { authorities, revoked }: HostAuthorities, host: string, now: Date): string | null => {
  const [key, authority] = [describeHostKey(certificate.publicKey), describeHostKey(certificate.authority)]
  const trusted = authorities.some((line) => certificate.authority.equals(Buffer.from(line.trim().split(/\s+/)[1] ?? '', 'base64')))
  if (!trusted) return `is signed by an authority that is not trusted: ${authority.type} ${authority.sha256}`
  if (!isSignedBy(certificate.authority, certificate.signed, certificate.signature))
    return 'does not carry a good signature of its authority'
  const gone = [key, authority].find(({ sha256 }) => revoked.includes(sha256))
  if (gone) return `is revoked: ${gone.sha256}`
  if (certificate.role !== 'host') return 'is not for a host'
  const { principals, criticalOptions } = certificate
  if (principals.length === 0) return 'names no host'
  const names = principals.slice(0, maxNamed).join(', ')
  if (!principals.some((pattern) => matches(pattern, host.toLowerCase()))) return `is for ${showRemoteText(names)}, not for ${host}`
  if (criticalOptions.length > 0) return `asks for what is not known here: ${showRemoteText(criticalOptions.join(', '))}`
  return describeValidity(certificate, now)
}

const maxNamed = 10

/** Whoever is trusted signed the pattern: it is not made to take long. */
const matches = (pattern: string, name: string): boolean => {
  const parts = pattern.split(/(\*+|\?)/).map((part) => (part === '?' ? '.' : part.startsWith('*') ? '.*' : RegExp.escape(part)))
  return new RegExp(`^${parts.join('')}$`, 's').test(name)
}
