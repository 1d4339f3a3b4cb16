import type { Reason } from '../../reach/reach-error.ts'

/** What one layer knows of a failure; whoever runs the stages turns it into a `ReachError`. `message` is safe to show. */
export class ReachFailure extends Error {
  override readonly name = 'ReachFailure'
  readonly reason: Reason
  /** The fingerprint that was expected, where the host key is the reason. */
  readonly expectedSha256: string | undefined

  /** Whether it is of a kind that passes by itself: a server that was too busy to talk. */
  readonly mayPass: boolean

  constructor(reason: Reason, message: string, options: ErrorOptions & { expectedSha256?: string; mayPass?: boolean } = {}) {
    super(message, options)
    this.reason = reason
    this.expectedSha256 = options.expectedSha256
    this.mayPass = options.mayPass ?? false
  }
}

/** One line of text that another machine sent, fit to show: control characters become spaces, at most 300 characters. */
export const showRemoteText = (text: string): string =>
  text
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, 300)
