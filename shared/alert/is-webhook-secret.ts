/** Marks a secret that is base64 in the Standard Webhooks form. */
export const encodedSecretPrefix = 'whsec_'
const shortestText = 16
/** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#signature-scheme: the key's length. */
const keyBytes = { min: 24, max: 64 }

/** Whether a secret can sign: `whsec_` and the base64 of 24 to 64 bytes, or any other text of at least 16 characters. */
export const isWebhookSecret = (secret: string): boolean => {
  if (!secret.startsWith(encodedSecretPrefix)) return secret.length >= shortestText
  const encoded = secret.slice(encodedSecretPrefix.length)
  try {
    const key = atob(encoded)
    return btoa(key) === encoded && key.length >= keyBytes.min && key.length <= keyBytes.max
  } catch {
    return false
  }
}
