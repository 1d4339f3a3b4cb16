import type { Client } from 'ssh2'
import { type KeyExchange, protocolOf } from '../library-protocol.ts'
import { packString, unpackStrings } from '../ssh-wire.ts'
import { type Certificate, certificateAlgorithm, plainAlgorithm, readCertificate } from './read-certificate.ts'

/** SSH_MSG_KEXDH_REPLY and SSH_MSG_KEX_ECDH_REPLY (RFC 4253, RFC 5656). */
const reply = 31

/**
 * Lets a client that was told to connect take host certificates, which it asks for before plain keys. The library knows none: it is given
 * the certified key, which it verifies the server's signature with, and the certificate for the hash that is signed. Tells the certificate
 * of the exchange that runs, for the host verifier.
 */
export const takeHostCertificates = (client: Client): { readonly presented: Certificate | null } => {
  const protocol = protocolOf(client)
  const { lists, constructor: Offer } = protocol._offer
  const names = ({ cipher, mac, compress, lang }: typeof lists.cs) => ({
    ...{ cipher: cipher.array, mac: mac.array },
    ...{ compress: compress.array, lang: lang.array },
  })
  const plain = lists.serverHostKey.array
  protocol._offer = new Offer({
    kex: lists.kex.array,
    // A certificate is not signed with SHA-1.
    serverHostKey: [...plain.filter((name) => name !== 'ssh-rsa').map(certificateAlgorithm), ...plain],
    cs: names(lists.cs),
    sc: names(lists.sc),
  })

  let presented: Certificate | null = null
  let exchange: KeyExchange | undefined
  const start = (next: KeyExchange) => {
    presented = null
    const signedWith = plainAlgorithm(next.negotiated.serverHostKey)
    if (signedWith === null) return
    next.negotiated.serverHostKey = signedWith
    const parse = next.parse.bind(next)
    next.parse = (payload) => {
      if (payload[0] !== reply || presented) return parse(payload)
      const [blob] = unpackStrings(payload.subarray(1), 1) as [Buffer]
      presented = readCertificate(blob)
      const { publicKey } = presented
      parse(Buffer.concat([Buffer.of(reply), packString(publicKey), payload.subarray(1 + packString(blob).length)]))
      const reads = [blob]
      Object.defineProperty(next, '_hostKey', { get: () => reads.pop() ?? publicKey, set: () => {} })
    }
  }
  Object.defineProperty(protocol, '_kex', {
    get: () => exchange,
    set: (next: KeyExchange | undefined) => {
      exchange = next
      if (next) start(next)
    },
  })
  return {
    get presented() {
      return presented
    },
  }
}
