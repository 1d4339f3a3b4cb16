import type { Client, ParsedKey } from 'ssh2'
import { protocolOf } from '../library-protocol.ts'
import { packString, readWire } from '../ssh-wire.ts'
import { type Certificate, certificateAlgorithm, readCertificateLine } from './read-certificate.ts'
import { signData } from './signature.ts'

/** A certificate for this key, or what is wrong with it, safe to show. Whether it is valid now is for the server to say. */
export const readUserCertificate = (line: string, key: ParsedKey): { certificate: Certificate } | { message: string } => {
  try {
    const certificate = readCertificateLine(line)
    if (!certificate.publicKey.equals(key.getPublicSSH())) return { message: 'The certificate is for another key.' }
    return certificate.role === 'user' ? { certificate } : { message: 'The certificate is not for a user.' }
  } catch {
    return { message: 'The certificate could not be read: it is the one line of a file such as id_ed25519-cert.pub.' }
  }
}

/**
 * The key as the sign-in shows it with its certificate. The library would name the signature as the key, where servers want the name of the
 * plain key: the request that it made is sent from here.
 */
export const certifyKey = (client: Client, key: ParsedKey, { blob }: Certificate): ParsedKey => {
  const algorithm = certificateAlgorithm(key.type === 'ssh-rsa' ? 'rsa-sha2-512' : key.type)
  const certified = Object.create(key, { type: { value: algorithm }, getPublicSSH: { value: () => blob } }) as ParsedKey
  const protocol = protocolOf(client)
  const authPK = protocol.authPK.bind(protocol)
  protocol.authPK = (username, offered, name, sign) => {
    if (offered !== certified || !sign) return authPK(username, offered, name, sign)
    authPK(username, offered, name, (request) => {
      // The session's id comes first: it is signed, and not sent.
      const wire = readWire(request)
      wire.string()
      const payload = Buffer.concat([wire.rest(), packString(signData(key, request))])
      const { write } = protocol._packetRW
      const packet = write.alloc(payload.length)
      packet.set(payload, write.allocStart)
      protocol._authsQueue.push('publickey')
      protocol._cipher.encrypt(write.finalize(packet))
    })
  }
  return certified
}
