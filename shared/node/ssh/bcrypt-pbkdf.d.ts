declare module 'bcrypt-pbkdf' {
  /** Fills `key` from a passphrase (OpenBSD's bcrypt_pbkdf); returns 0, or -1 where it cannot. */
  export function pbkdf(
    passphrase: Uint8Array,
    passphraseLength: number,
    salt: Uint8Array,
    saltLength: number,
    key: Uint8Array,
    keyLength: number,
    rounds: number,
  ): number
}
