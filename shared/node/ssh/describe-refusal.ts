import { showRemoteText } from '../reach/reach-failure.ts'
import { describeValidity } from './certificates/read-certificate.ts'
import type { SignInCourse } from './sign-in.ts'

/** Why a sign-in came to its end: what was taken and refused, what the server allows, and what is missing. */
export const describeRefusal = (course: SignInCourse, now: Date): string => {
  const { accepted, refused, allowed } = course
  const names = (offers: SignInCourse['refused']) => offers.map(({ what }) => `the ${what}`).join(' and ')
  const sentences = [
    accepted.length > 0 && `The SSH server accepted ${names(accepted)}, which is not enough.`,
    refused.length > 0 && `The SSH server refused ${names(refused)}.`,
    accepted.length + refused.length === 0 && 'The SSH server did not accept the login.',
    ...describeMissing(course),
    ...describeCertificate(course, now),
    allowed && allowed.length > 0 && `It allows ${showRemoteText(allowed.join(', '))}.`,
  ]
  return sentences.filter((sentence) => sentence !== false && sentence !== null).join(' ')
}

const describeMissing = ({ login, accepted, allowed, unanswered }: SignInCourse): string[] => {
  const [asks, isAllowed] = [accepted.length > 0 ? 'also asks' : 'asks', (method: string) => allowed?.includes(method) ?? false]
  const wantsPassword = login.password === undefined && (isAllowed('password') || isAllowed('keyboard-interactive'))
  const wantsKey = login.privateKey === undefined && isAllowed('publickey')
  return [
    ...(unanswered === null ? [] : [`The server asks what this service cannot answer: “${unanswered}”.`]),
    ...(wantsPassword ? [`The server ${asks} for a password.`] : []),
    ...(wantsKey ? [`The server ${asks} for a private key.`] : []),
  ]
}

const describeCertificate = ({ login, certificate, refused }: SignInCourse, now: Date): string[] => {
  if (!certificate || !refused.some(({ what }) => what === 'certificate')) return []
  const { principals } = certificate
  const validity = describeValidity(certificate, now)
  return [
    ...(validity === null ? [] : [`The certificate ${validity}.`]),
    ...(principals.includes(login.username) ? [] : [`The certificate names ${users(principals)}, not ${login.username}.`]),
  ]
}

const maxNamed = 10

const users = (principals: readonly string[]): string =>
  principals.length === 0 ? 'no user' : showRemoteText(principals.slice(0, maxNamed).join(', '))
