import { constants, createHash, generateKeyPairSync, privateDecrypt } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { createSecureContext, TLSSocket } from 'node:tls'
import { greeting, mysqlPacket, okPacket, versionAnswer } from './hostile/mysql-bytes.ts'

type Sha2Options = {
  plugin: 'caching_sha2_password' | 'sha256_password' | 'mysql_clear_password'
  password: string
  /** Offers to encrypt the connection. */
  tls?: { certificate: string; key: string }
  /** Has the user's hash in memory, as after a full authentication; of `caching_sha2_password` alone. */
  isCached?: boolean
}

type Sha2Server = {
  port: number
  /** All that came unencrypted, and the passwords that were sent as they are, over TLS or not. */
  seen: { plain: Buffer; passwords: string[] }
  stop(): void
}

const nonce = Buffer.from('12345678123456789012')
const sslRequestBytes = 32
const [fastAuthentication, fullAuthentication] = [3, 4]

const sha256 = (...parts: Uint8Array[]) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest()
const xor = (bytes: Uint8Array, mask: Uint8Array) => Buffer.from(bytes.map((byte, index) => byte ^ mask[index % mask.length]!))

/** SHA256(password) XOR SHA256(SHA256(SHA256(password)), nonce), from MySQL's manual of `caching_sha2_password`. */
const scramble = (password: string) => {
  const hash = sha256(Buffer.from(password))
  return xor(hash, sha256(sha256(hash), nonce))
}

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const publicPem = publicKey.export({ type: 'spki', format: 'pem' })

/** MySQL's two sign-ins by SHA-256, and the one in the clear, as MySQL 8 speaks them: MariaDB has none of them. */
export const startSha2MysqlServer = async (options: Sha2Options): Promise<Sha2Server> => {
  const seen: Sha2Server['seen'] = { plain: Buffer.alloc(0), passwords: [] }
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}))
    socket.write(greeting('8.0.36', options.plugin, options.tls !== undefined))
    socket.on('data', (chunk: Buffer) => {
      seen.plain = Buffer.concat([seen.plain, chunk])
    })
    serve(socket, options, seen)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const stop = () => {
    server.close()
    for (const socket of sockets) socket.destroy()
  }
  return { port: (server.address() as { port: number }).port, seen, stop }
}

const serve = (socket: Socket, options: Sha2Options, seen: Sha2Server['seen']) => {
  const conversation = signIn(options, seen)
  let isEncrypted = false
  const listen = (stream: Duplex) =>
    stream.on('data', (chunk: Buffer) => {
      const end = 4 + chunk.readUIntLE(0, 3)
      const [body, sequence] = [chunk.subarray(4, end), chunk[3]!]
      if (!isEncrypted && options.tls && sequence === 1 && body.length === sslRequestBytes) {
        isEncrypted = true
        stream.removeAllListeners('data')
        // What follows is encrypted, and may have come with it.
        socket.pause().unshift(chunk.subarray(end))
        const secureContext = createSecureContext({ cert: options.tls.certificate, key: options.tls.key })
        listen(new TLSSocket(socket, { isServer: true, secureContext }).on('error', () => {}))
        return
      }
      stream.write(conversation(body, isEncrypted, sequence))
    })
  listen(socket)
}

/** Takes what a client sends, one packet after the other, and gives the answer to each. */
const signIn = ({ plugin, password, isCached }: Sha2Options, seen: Sha2Server['seen']) => {
  let state: 'response' | 'full' | 'key' | 'commands' = 'response'
  let commands = 0
  const judge = (given: string | null, sequence: number) => {
    state = 'commands'
    if (given !== null) seen.passwords.push(given)
    return given === null || given === password ? okPacket(sequence + 1) : mysqlPacket(sequence + 1, [0xff, 0x15, 4], '#28000denied')
  }
  return (body: Buffer, isEncrypted: boolean, sequence: number): Buffer => {
    const text = () => body.toString().replace(/\0$/, '')
    switch (state) {
      case 'response': {
        state = 'full'
        const isOurs = body.includes(plugin)
        if (plugin === 'caching_sha2_password') {
          const hasHash = body.includes(scramble(password))
          if (isCached && hasHash) return Buffer.concat([mysqlPacket(sequence + 1, [1, fastAuthentication]), judge(null, sequence + 1)])
          if (isOurs || hasHash) return mysqlPacket(sequence + 1, [1, fullAuthentication])
        }
        if (isOurs && isEncrypted && body.includes(password)) return judge(password, sequence)
        state = plugin === 'caching_sha2_password' ? 'response' : 'full'
        return mysqlPacket(sequence + 1, [0xfe], `${plugin}\0`, nonce, [0])
      }
      case 'full':
        if (isEncrypted || plugin === 'mysql_clear_password') return judge(text(), sequence)
        state = 'key'
        return mysqlPacket(sequence + 1, [1], publicPem)
      case 'key': {
        const opened = privateDecrypt({ key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING }, body)
        return judge(xor(opened, nonce).toString().replace(/\0$/, ''), sequence)
      }
      case 'commands':
        return ++commands === 1 ? versionAnswer('8.0.36') : okPacket(1)
    }
  }
}
