const base64url = (bytes: Uint8Array) => bytes.toBase64({ alphabet: 'base64url', omitPadding: true })

/** A new secret of 256 random bits: 43 characters of base64url. */
export const makeToken = (): string => base64url(crypto.getRandomValues(new Uint8Array(32)))

/** The SHA-256 of a token in base64url, which is all that is stored of it. 256 random bits need no slow hash. */
export const hashToken = async (token: string): Promise<string> =>
  base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token))))
