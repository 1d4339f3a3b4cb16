import type { Duplex } from 'node:stream'
import { interceptEvents } from '../reach/intercept-events.ts'
import { ReachFailure } from '../reach/reach-failure.ts'

/** What the answer to one command may take: a snapshot is one row of some hundred bytes. */
export const maxAnswerBytes = 256 * 1024

/** Where a packet's kind stands, after three bytes of length and one of its number (MySQL's protocol manual). */
const markerAt = 4
/** The flag of a server that can encrypt (CLIENT_SSL), in the lower half of its capabilities. */
const sslFlag = 0x0800
/** Tickets to resume a session by: a server sends two, and more are of no use to anybody. */
const maxTickets = 16
/** Protocol::HandshakeV10, and the error that may come in its place. */
const greeting = 0x0a
const errorMarker = 0xff

/** What a server sends, before the MySQL library sees it. */
export type Answers = {
  /** True once the server greeted as MySQL does. */
  readonly greeted: boolean
  /** True when its greeting offers to encrypt the connection. */
  readonly offersTls: boolean
  /** True when more than one packet came so far: before a connection is encrypted, anybody on the way may have added it. */
  readonly hasMore: boolean
  /** Watches the encrypted stream from here on: what comes over the one below is not to be read. */
  follow(secure: Duplex): void
  /** From here to `ended` the server may speak; the sign-in begins that way. */
  expect(): void
  ended(): void
}

/**
 * Watches what a server sends over `stream`. One that does not greet as MySQL does, speaks without being asked, sends too much, or breaks
 * the library's parser is given up: the library sees no more of it.
 */
export const watchAnswers = (stream: Duplex, giveUp: (failure: ReachFailure) => void): Answers => {
  let [expected, seenBytes, answerBytes] = [1, 0, 0]
  let [greeted, offersTls, signedIn, isOver] = [false, false, false, false]
  let [watched, tickets, greetingBytes] = [stream, 0, 0]
  const refuse = (message: string, cause?: unknown) => {
    isOver = true
    giveUp(new ReachFailure(signedIn ? 'query' : 'db-refused', message, { cause }))
    return true
  }

  const watch = (event: string | symbol, chunk: unknown, deliver: () => boolean) => {
    if (event === 'session' && ++tickets > maxTickets) return refuse('The database sent what nobody asked for.')
    if (event !== 'data') return deliver()
    if (isOver) return true
    if (expected === 0) return refuse('The database sent what nobody asked for.')
    const bytes = chunk as Buffer
    if (!greetsAsMysql(bytes, seenBytes)) return refuse('The server does not speak the protocol of MySQL.')
    if (seenBytes === 0) {
      greetingBytes = bytes.length < markerAt ? 0 : bytes.readUIntLE(0, 3) + markerAt
      offersTls = offersEncryption(bytes)
    }
    greeted ||= bytes[markerAt - seenBytes] === greeting
    seenBytes += bytes.length
    answerBytes += bytes.length
    if (answerBytes > maxAnswerBytes) return refuse(`The database's answer is larger than ${maxAnswerBytes} bytes.`)
    try {
      return deliver()
    } catch (cause) {
      return refuse("The database's answer does not follow the protocol of MySQL.", cause)
    }
  }
  interceptEvents(stream, (event, [chunk], deliver) => (watched === stream ? watch(event, chunk, deliver) : deliver()))

  return {
    get greeted() {
      return greeted
    },
    get offersTls() {
      return offersTls
    },
    get hasMore() {
      return seenBytes !== greetingBytes
    },
    follow: (secure) => {
      watched = secure
      interceptEvents(secure, (event, [chunk], deliver) => watch(event, chunk, deliver))
    },
    expect: () => {
      expected += 1
      answerBytes = 0
    },
    ended: () => {
      expected -= 1
      signedIn = true
    },
  }
}

/** The first packet is shorter than 64 kB, has the number 0, and is a greeting or an error: no text begins like that. */
const greetsAsMysql = (chunk: Buffer, seenBytes: number): boolean => {
  const isZero = (at: number) => (chunk[at - seenBytes] ?? 0) === 0
  const marker = chunk[markerAt - seenBytes] ?? greeting
  return seenBytes > markerAt || (isZero(2) && isZero(3) && (marker === greeting || marker === errorMarker))
}

/** The capabilities follow the version, the connection's number, eight bytes and a zero. */
const offersEncryption = (greeting: Buffer): boolean => {
  const at = greeting.indexOf(0, markerAt + 1) + 1 + 4 + 8 + 1
  return at + 2 <= greeting.length && (greeting.readUInt16LE(at) & sslFlag) !== 0
}
