/** Where a sealed value lives. It is authenticated with the value, so that an envelope moved elsewhere does not open. */
export type SealContext = { collection: string; id: string; field: string }

/** An envelope and where it lives. */
export type SealedValue = { envelope: string; context: SealContext }

/** A sealed value did not open: its key is unknown, it was moved, or it was changed. */
export class SealError extends Error {
  override readonly name = 'SealError'
}

export type Sealer = {
  /** Returns the envelope `v1:<key id>:<nonce>:<ciphertext and tag>`, parts in base64url. */
  seal: (plaintext: string, context: SealContext) => string
  /** Returns the plaintext. Throws `SealError`. */
  open: (envelope: string, context: SealContext) => string
  /** Whether the key that new values are sealed under sealed this one. */
  isCurrent: (envelope: string) => boolean
}
