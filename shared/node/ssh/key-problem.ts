/** Why a private key cannot be used, and which field of the form is to blame. The message is safe to show. */
export class KeyProblem extends Error {
  override readonly name = 'KeyProblem'
  readonly field: 'privateKey' | 'passphrase'

  constructor(field: 'privateKey' | 'passphrase', message: string, options?: ErrorOptions) {
    super(message, options)
    this.field = field
  }
}

/** The problem of a key that is encrypted and did not open, or was not tried because there is no passphrase. */
export const passphraseProblem = (passphrase: string | undefined, cause?: unknown): KeyProblem =>
  new KeyProblem('passphrase', passphrase ? 'The passphrase does not open this private key.' : 'This private key needs its passphrase.', {
    cause,
  })
