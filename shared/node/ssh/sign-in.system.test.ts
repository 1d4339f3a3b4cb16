import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createSshKey } from '../../../deployment/demo/create-ssh-key.ts'
import { requireParts } from '../../../deployment/testing/real-part.ts'
import { createSshAuthority, type SshAuthority } from '../../../deployment/testing/ssh-authority.ts'
import { type Sshd, startSshd } from '../../../deployment/testing/sshd.ts'
import { canMakeUsers, createSystemUser, type SystemUser } from '../../../deployment/testing/system-user.ts'
import { readPrivateKey } from './read-private-key.ts'
import { refusal, signIn } from './sign-in-under-test.ts'

const publicKeyOf = (privateKey: string) => {
  const read = readPrivateKey(privateKey)
  if (!read.ok) throw new Error(read.message)
  return `${read.type} ${read.key.getPublicSSH().toString('base64')}`
}

const pam = ['UsePAM yes', 'KbdInteractiveAuthentication yes']

/** The methods of the requests since then, without those that only ask. */
const requestsOf = (sshd: Sshd, since = 0) =>
  [
    ...sshd
      .readLog()
      .slice(since)
      .matchAll(/userauth-request for user \S+ service \S+ method (\S+)/g),
  ].map(([, method]) => method)

describe.runIf(requireParts('sshd', 'ssh-keygen', 'useradd', 'chpasswd') && canMakeUsers())('signing in to OpenSSH with PAM', () => {
  let user: SystemUser
  beforeAll(() => {
    user = createSystemUser()
  })
  afterAll(() => user.remove())
  const start = async (...config: string[]) => {
    const sshd = await startSshd({ config: [...pam, ...config] })
    onTestFinished(sshd.stop)
    return sshd
  }

  test('keyboard-interactive only (PAM), right password: signed in', async () => {
    const { port } = await start('PasswordAuthentication no')
    await signIn({ port, ...user })
  })

  test('keyboard-interactive only, wrong password: refused, saying so, after one try', async () => {
    const sshd = await start('PasswordAuthentication no', 'PubkeyAuthentication no')
    const message = 'The SSH server refused the password. It allows keyboard-interactive.'
    expect(await refusal({ port: sshd.port, ...user, password: 'wrong' })).toBe(message)
    expect(requestsOf(sshd)).toEqual(['none', 'keyboard-interactive'])
  })

  test('a wrong password goes to the server once, though it allows two methods with one', async () => {
    const sshd = await start('PasswordAuthentication yes')
    expect(await refusal({ port: sshd.port, ...user, password: 'wrong' })).toMatch(/^The SSH server refused the password\./)
    expect(requestsOf(sshd)).toEqual(['none', 'keyboard-interactive'])
  })

  test('password only: signed in, and nothing else is tried', async () => {
    const sshd = await start('PasswordAuthentication yes', 'KbdInteractiveAuthentication no', 'AuthenticationMethods password')
    await signIn({ port: sshd.port, ...user })
    expect(requestsOf(sshd)).toEqual(['none', 'password'])
  })

  test.each([
    ['publickey,password', 'password'],
    ['publickey,keyboard-interactive', 'keyboard-interactive'],
    ['password,publickey', 'password'],
    ['keyboard-interactive,publickey', 'keyboard-interactive'],
  ])('AuthenticationMethods %s: signed in with both, and what is missing is named', async (methods, byPassword) => {
    const sshd = await start('PasswordAuthentication yes', `AuthenticationMethods ${methods}`)
    const { port, privateKey } = sshd
    await signIn({ port, ...user, privateKey })
    expect(requestsOf(sshd).filter((method) => method === byPassword)).toHaveLength(1)
    const keyFirst = methods.startsWith('publickey')
    expect(await refusal({ port, username: user.username, privateKey })).toBe(
      keyFirst
        ? `The SSH server accepted the private key, which is not enough. The server also asks for a password. It allows ${byPassword}.`
        : `The SSH server refused the private key. The server asks for a password. It allows ${byPassword}.`,
    )
    expect(await refusal({ port, ...user })).toBe(
      keyFirst
        ? 'The SSH server did not accept the login. The server asks for a private key. It allows publickey.'
        : 'The SSH server accepted the password, which is not enough. The server also asks for a private key. It allows publickey.',
    )
  })

  test('a key that is refused, and a password that is right: signed in', async () => {
    const { port } = await start('PasswordAuthentication yes')
    await signIn({ port, ...user, privateKey: createSshKey().privateKey })
  })
})

describe.runIf(requireParts('sshd', 'ssh-keygen'))('signing in to OpenSSH with a user certificate', () => {
  let authority: SshAuthority
  let sshd: Sshd
  beforeAll(async () => {
    authority = createSshAuthority()
    sshd = await startSshd({ config: [`TrustedUserCAKeys ${authority.publicKeyPath}`] })
  })
  afterAll(async () => {
    await sshd.stop()
    authority.remove()
  })
  const login = (issued: { privateKey: string; certificate: string }) => ({ port: sshd.port, username: sshd.username, ...issued })

  test.each(['ed25519', 'ecdsa', 'rsa'] as const)('signs in with a certificate that the server trusts (%s)', async (type) => {
    const issued = authority.issue(['-n', sshd.username], type)
    await signIn(login(issued))
    const { certificate: _, ...withoutIt } = login(issued)
    expect(await refusal(withoutIt)).toBe('The SSH server refused the private key. It allows publickey.')
  })

  test.each([
    ['that expired', ['-V', '20200101Z:20200102Z'], 'The certificate expired on 2020-01-02T00:00:00Z.'],
    ['that is not valid yet', ['-V', '20990101Z:21000101Z'], 'The certificate is valid from 2099-01-01T00:00:00Z on.'],
  ])('says so of a certificate %s', async (_what, dates, reason) => {
    const message = `The SSH server refused the certificate and the private key. ${reason} It allows publickey.`
    expect(await refusal(login(authority.issue([...dates, '-n', sshd.username])))).toBe(message)
  })

  test('says whom a certificate names', async () => {
    const issued = authority.issue(['-n', 'someone,someone-else'])
    expect(await refusal(login(issued))).toContain(`The certificate names someone, someone-else, not ${sshd.username}.`)
  })

  test('offers the key alone after its certificate, as OpenSSH does', async () => {
    const plain = await startSshd()
    onTestFinished(plain.stop)
    const issued = authority.issue(['-n', plain.username])
    plain.authorize(publicKeyOf(issued.privateKey))
    await signIn({ port: plain.port, username: plain.username, ...issued })
  })
})
