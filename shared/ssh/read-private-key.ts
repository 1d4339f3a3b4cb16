import ssh2, { type ParsedKey } from 'ssh2'

export const readPrivateKey = (
  text: string,
  passphrase?: string,
): { ok: true; key: ParsedKey; type: string } | { ok: false; field: 'privateKey' | 'passphrase'; message: string } => {
  const key = ssh2.utils.parseKey(text, passphrase)
  if (key instanceof Error) return { ok: false, field: 'privateKey', message: 'The private key could not be read.' }
  return { ok: true, key, type: key.type }
}
