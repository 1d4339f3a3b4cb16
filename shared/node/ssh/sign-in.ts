import type { AnyAuthMethod, AuthHandlerMiddleware, Client, KeyboardInteractiveAuthMethod, ParsedKey, Prompt } from 'ssh2'
import type { SshLogin } from '../../reach/reach-target.ts'
import { ReachFailure, showRemoteText } from '../reach/reach-failure.ts'
import { certifyKey, readUserCertificate } from './certificates/certify-key.ts'
import type { Certificate } from './certificates/read-certificate.ts'
import { describeRefusal } from './describe-refusal.ts'
import { protocolOf } from './library-protocol.ts'
import type { OpenKey } from './open-private-key.ts'
import { readPrivateKey } from './read-private-key.ts'

type Offer = {
  method: 'none' | 'publickey' | 'keyboard-interactive' | 'password'
  /** What is offered by it. */
  what: 'certificate' | 'private key' | 'password' | null
}

/** How a sign-in went so far. */
export type SignInCourse = {
  login: SshLogin
  accepted: Offer[]
  refused: Offer[]
  /** What the server allows next; `null` until it has said so. */
  allowed: readonly string[] | null
  certificate: Certificate | null
  /** What the server asked for beside a password. */
  unanswered: string | null
}

/** In OpenSSH's order. Where there is a choice, the first request sends nothing: the server answers with the methods that it allows. */
const offersOf = ({ password, privateKey, certificate }: SshLogin): Offer[] => {
  const offers: (Offer | false)[] = [
    (password !== undefined || privateKey === undefined) && { method: 'none', what: null },
    privateKey !== undefined && certificate !== undefined && { method: 'publickey', what: 'certificate' },
    privateKey !== undefined && { method: 'publickey', what: 'private key' },
    password !== undefined && { method: 'keyboard-interactive', what: 'password' },
    password !== undefined && { method: 'password', what: 'password' },
  ]
  return offers.filter((offer) => offer !== false)
}

/** Prompts without echo that no password answers. */
const otherSecret = /\b(otp|one[- ]?time|verification|token|pass ?code|code|pin|factor)\b/i

const asksForPassword = ([prompt, ...more]: readonly Prompt[]): boolean =>
  prompt !== undefined && more.length === 0 && prompt.echo !== true && !otherSecret.test(prompt.prompt)

/**
 * Signs in as OpenSSH's client does: each method that the server allows once, and after a partial success the next. A password that was
 * refused by one method is not sent by another.
 */
export const createSignIn = (client: Client, login: SshLogin, openKey: OpenKey, fail: (cause: Error) => void): AuthHandlerMiddleware => {
  const course: SignInCourse = { login, accepted: [], refused: [], allowed: null, certificate: null, unanswered: null }
  const offers = offersOf(login)
  let [current, wasPasswordSent] = [null as Offer | null, false]
  let keys: Promise<{ key: ParsedKey; certified: ParsedKey | null }> | undefined

  const openKeys = async () => {
    const opened = await openKey(login.privateKey ?? '', login.passphrase)
    const read = opened.ok ? readPrivateKey(opened.text) : opened
    if (!read.ok) throw new ReachFailure('ssh-auth', read.message)
    if (login.certificate === undefined) return { key: read.key, certified: null }
    const user = readUserCertificate(login.certificate, read.key)
    if ('message' in user) throw new ReachFailure('ssh-auth', user.message)
    course.certificate = user.certificate
    return { key: read.key, certified: certifyKey(client, read.key, user.certificate) }
  }

  const answerPrompts =
    (tryNext: () => void): KeyboardInteractiveAuthMethod['prompt'] =>
    (_name, instructions, _language, prompts, answer) => {
      if (login.password !== undefined && !wasPasswordSent && asksForPassword(prompts)) {
        wasPasswordSent = true
        return answer([login.password])
      }
      course.unanswered = showRemoteText([instructions, ...prompts.map(({ prompt }) => prompt.trim())].join(' '))
      // The dialog ends with the next request; the library waits for its answer.
      protocolOf(client)._authsQueue.shift()
      if (!wasPasswordSent) current = null
      tryNext()
    }

  const methodOf = async ({ method, what }: Offer, tryNext: () => void): Promise<AnyAuthMethod> => {
    const { username, password = '' } = login
    if (method === 'none') return { type: 'none', username }
    if (method === 'keyboard-interactive') return { type: method, username, prompt: answerPrompts(tryNext) }
    if (method === 'publickey') {
      keys ??= openKeys()
      const { key, certified } = await keys
      return { type: method, username, key: what === 'certificate' && certified ? certified : key }
    }
    wasPasswordSent = true
    return { type: method, username, password }
  }

  const takeOffer = (): Offer | undefined => {
    const { allowed } = course
    const at = offers.findIndex(({ method, what }) => {
      if (what === 'password' && wasPasswordSent) return false
      return allowed === null || allowed.includes(method)
    })
    return at < 0 ? undefined : offers.splice(at, 1)[0]
  }

  return (methods, isPartial, next) => {
    if (current?.what) (isPartial ? course.accepted : course.refused).push(current)
    if (isPartial) wasPasswordSent = false
    course.allowed = methods
    const tryNext = () => {
      const offer = takeOffer()
      if (!offer) return fail(new ReachFailure('ssh-auth', describeRefusal(course, new Date())))
      current = offer
      methodOf(offer, tryNext).then(next).catch(fail)
    }
    tryNext()
  }
}
