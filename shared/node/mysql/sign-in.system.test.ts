import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type CertificateAuthority, createCertificateAuthority, type Issued } from '../../../deployment/testing/certificates.ts'
import { requireParts } from '../../../deployment/testing/real-part.ts'
import { startSha2MysqlServer } from '../../../deployment/testing/sha2-mysql-server.ts'
import type { ReachFailure } from '../reach/reach-failure.ts'
import { connectMysql } from './connect-mysql.ts'

const password = 'corvid-9-lamp'
type Server = Parameters<typeof startSha2MysqlServer>[0]

describe.runIf(requireParts('openssl'))('MySQL 8', () => {
  let ca: CertificateAuthority
  let issued: Issued
  beforeAll(() => {
    ca = createCertificateAuthority()
    issued = ca.issue('db.example', { subjectAltName: 'DNS:db.example' })
  })
  afterAll(() => ca.remove())

  const signIn = async (server: Omit<Server, 'password'>, way: 'in the clear' | 'in a tunnel' | 'encrypted', given = password) => {
    const { port, seen, stop } = await startSha2MysqlServer({ password, ...server, tls: issued })
    const socket = connect(port, '127.0.0.1')
    onTestFinished(() => {
      socket.destroy()
      stop()
    })
    const tls = way === 'encrypted' ? { mode: 'verify-full' as const, ca: ca.certificate } : null
    const login = { host: 'db.example', name: 'acme', username: 'reader', password: given, tls }
    const connecting = connectMysql(socket, login, { giveUp: () => socket.destroy(), isTunnel: way === 'in a tunnel' })
    const outcome = await connecting.ready(1500).then(
      () => 'signed in',
      (failure: ReachFailure) => failure.reason,
    )
    expect(seen.plain.includes(given), 'the password unencrypted').toBe(way === 'in a tunnel' && server.plugin === 'mysql_clear_password')
    return { outcome, passwords: seen.passwords }
  }

  describe.each(['caching_sha2_password', 'sha256_password', 'mysql_clear_password'] as const)('a user of %s', (plugin) => {
    test.each(['encrypted', 'in a tunnel'] as const)('signs in %s, with the password itself', async (way) => {
      expect(await signIn({ plugin }, way)).toEqual({ outcome: 'signed in', passwords: [password] })
    })

    test('is refused with a wrong password', async () => {
      expect(await signIn({ plugin }, 'encrypted', 'wrong-1-lamp')).toMatchObject({ outcome: 'db-auth' })
    })

    test('is told to encrypt, and sends the password to nobody, under no key that anybody may have sent', async () => {
      expect(await signIn({ plugin }, 'in the clear')).toEqual({ outcome: 'tls-required', passwords: [] })
    })
  })

  test('caching_sha2_password signs in without encryption where the server remembers the user', async () => {
    expect(await signIn({ plugin: 'caching_sha2_password', isCached: true }, 'in the clear')).toEqual({
      outcome: 'signed in',
      passwords: [],
    })
  })
})
