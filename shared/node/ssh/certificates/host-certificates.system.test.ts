import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { requireParts } from '../../../../deployment/testing/real-part.ts'
import { createSshAuthority, type SshAuthority } from '../../../../deployment/testing/ssh-authority.ts'
import { type Sshd, startSshd } from '../../../../deployment/testing/sshd.ts'
import { describeHostKey } from '../host-key.ts'
import { refusal, signIn } from '../sign-in-under-test.ts'
import { checkHostCertificate } from './check-host-certificate.ts'
import { readCertificate, readCertificateLine } from './read-certificate.ts'

const host = 'bastion.example'
const signs = ['-h', '-n', host]

describe.runIf(requireParts('sshd', 'ssh-keygen'))('a host whose certificate an authority signed', () => {
  let [authority, other] = [] as unknown as [SshAuthority, SshAuthority]
  beforeAll(() => {
    ;[authority, other] = [createSshAuthority(), createSshAuthority('ecdsa')]
  })
  afterAll(() => {
    authority.remove()
    other.remove()
  })

  const start = async (options: readonly string[] | null, by = authority, more: Parameters<typeof startSshd>[0] = {}) => {
    const sshd = await startSshd({ ...more, certifyHost: (path) => options && by.certify(path, options) })
    onTestFinished(sshd.stop)
    return sshd
  }
  const login = ({ port, username, privateKey }: Sshd, trust: { authorities?: string[]; revoked?: string[] } = {}) => ({
    ...{ host, port, username, privateKey },
    hostKey: { authorities: [authority.publicKey], revoked: [], ...trust },
  })
  /** Nothing that identifies the user came to the server. */
  const sawNoSignIn = (sshd: Sshd) => !/userauth-request|SSH2_MSG_SERVICE_REQUEST|service_request/i.test(sshd.readLog())

  test.each(['ed25519', 'ecdsa', 'rsa'] as const)('is trusted without its key being known (%s)', async (type) => {
    await signIn(login(await start(signs, authority, { hostKeyTypes: [type] })))
  })

  test.each(['ecdsa', 'rsa'] as const)('is trusted by any type of authority (%s)', async (type) => {
    const by = createSshAuthority(type)
    onTestFinished(by.remove)
    await signIn(login(await start(signs, by), { authorities: [authority.publicKey, by.publicKey] }))
  })

  test('stays trusted after the keys of the session were exchanged anew', async () => {
    const sshd = await start(signs, authority, { config: ['RekeyLimit 3K'] })
    const exchanges = () => sshd.readLog().match(/SSH2_MSG_NEWKEYS received/g)?.length ?? 0
    await signIn(login(sshd), async ({ openTunnel }) => {
      const talk = async () => once(await openTunnel({ host: '127.0.0.1', port: sshd.port }, 'ssh'), 'data')
      while (exchanges() < 2) await talk()
      await talk()
    })
  })

  test.each<[string, readonly string[], string]>([
    ['expired', [...signs, '-V', '20200101Z:20200102Z'], 'expired on 2020-01-02T00:00:00Z'],
    ['not valid yet', [...signs, '-V', '20990101Z:21000101Z'], 'is valid from 2099-01-01T00:00:00Z on'],
    ['for another host', ['-h', '-n', 'db.example,bastion'], 'is for db.example, bastion, not for bastion.example'],
    ['for a pattern of others', ['-h', '-n', '*.bastion.example,bastion?example.com'], 'is for *.bastion.example'],
    ['for no host in particular', ['-h'], 'names no host'],
    ['for a user', ['-n', host], 'is not for a host'],
    ['signed with SHA-1', [...signs, '-t', 'ssh-rsa'], 'does not carry a good signature'],
  ])('%s: refused by name before the sign-in', async (what, options, problem) => {
    const by = what.includes('SHA-1') ? createSshAuthority('rsa') : authority
    const sshd = await start(options, by)
    const error = await refusal(login(sshd, { authorities: [by.publicKey] }))
    expect(error).toContain(`The host certificate ${problem}`)
    expect(sawNoSignIn(sshd)).toBe(true)
  })

  test.each(['*.example', 'bastion.*', 'bastion?example', 'BASTION,bastion.example'])('%s names the host', async (principals) => {
    await signIn(login(await start(['-h', '-n', principals])))
  })

  test('signed by another authority: refused, with its fingerprint', async () => {
    const sshd = await start(signs, other)
    expect(await refusal(login(sshd))).toMatch(
      /^The host certificate is signed by an authority that is not trusted: ecdsa-sha2-nistp256 SHA256:[\w+/]{43}\.$/,
    )
    expect(sawNoSignIn(sshd)).toBe(true)
  })

  test.each(['host', 'authority'])('revoked: refused (the key of the %s)', async (whose) => {
    const sshd = await start(signs)
    const revoked = [whose === 'host' ? sshd.hostKeySha256() : fingerprint(authority.publicKey)]
    expect(await refusal(login(sshd, { revoked }))).toBe(`The host certificate is revoked: ${revoked[0]}.`)
    expect(sawNoSignIn(sshd)).toBe(true)
  })

  test('without a certificate: refused, with its key', async () => {
    const sshd = await start(null)
    expect(await refusal(login(sshd))).toBe(`The server has no certificate for its host key: ssh-ed25519 ${sshd.hostKeySha256()}.`)
    expect(sawNoSignIn(sshd)).toBe(true)
  })

  test('a certificate alone is not enough: who cannot sign with its key is refused', async () => {
    const sshd = await start(signs)
    const relay = createServer((client) => relayChanged(client, sshd.port)).listen(0, '127.0.0.1')
    onTestFinished(() => void relay.close())
    await once(relay, 'listening')
    const { port } = relay.address() as AddressInfo
    expect(await refusal({ ...login(sshd), port })).toContain('signature verification failed')
    expect(sawNoSignIn(sshd)).toBe(true)
  })

  test('a certificate that was changed after it was signed does not carry a good signature', () => {
    const { certificate: line } = authority.issue(['-h', '-n', 'bastion.exampl0'])
    const blob = Buffer.from(line.split(' ')[1] ?? '', 'base64')
    const trust = { authorities: [authority.publicKey], revoked: [] }
    const check = (name: string) => () => checkHostCertificate(readCertificate(blob), trust, name, new Date())
    expect(check('bastion.exampl0')).not.toThrow()
    blob.write(host, blob.indexOf('bastion.exampl0'))
    expect(check(host)).toThrow('The host certificate does not carry a good signature of its authority.')
  })

  test.each(['force-command', 'source-address=10.0.0.0/8'])('what it demands beside that is not known: refused (%s)', (option) => {
    const { certificate } = authority.issue(['-n', host, '-O', option.startsWith('force') ? 'force-command=true' : option])
    const asHost = { ...readCertificateLine(certificate), role: 'host' as const }
    const trust = { authorities: [authority.publicKey], revoked: [] }
    expect(() => checkHostCertificate(asHost, trust, host, new Date())).toThrow(`asks for what is not known here: ${option.split('=')[0]}`)
  })

  test('a pinned key is asked for without a certificate, as ever', async () => {
    const sshd = await start(signs)
    await signIn({ ...login(sshd), hostKey: { pinned: sshd.hostKeySha256(), type: 'ssh-ed25519' } })
  })
})

const fingerprint = (line: string) => describeHostKey(Buffer.from(line.split(' ')[1] ?? '', 'base64')).sha256

/** Passes on what both sides say, but for one bit of the signature of the key exchange. */
const relayChanged = (client: Socket, port: number) => {
  const server = connect(port, '127.0.0.1')
  client.on('error', () => server.destroy()).on('close', () => server.destroy())
  server.on('error', () => client.destroy()).on('close', () => client.destroy())
  const signature = Buffer.concat([Buffer.from([0, 0, 0, 11]), Buffer.from('ssh-ed25519'), Buffer.from([0, 0, 0, 64])])
  client.pipe(server)
  server.on('data', (chunk: Buffer) => {
    // The certificate's own signature comes first.
    const at = chunk.lastIndexOf(signature) + signature.length + 10
    if (chunk.includes('-cert-v01@openssh.com') && chunk.includes(signature)) chunk.writeUInt8(chunk.readUInt8(at) ^ 1, at)
    client.write(chunk)
  })
}
