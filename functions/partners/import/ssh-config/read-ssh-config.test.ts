import { expect, test } from 'vitest'
import { readSshConfig } from './read-ssh-config.ts'

const key = (letter: string) => `AAAAC3NzaC1lZDI1NTE5AAAAI${letter.repeat(43)}`

const draftOf = async (config: string, host?: string) => {
  const drafts = await readSshConfig(config)
  const draft = host === undefined ? drafts[0] : drafts.find((each) => each.host === host)
  if (!draft) throw new Error('There is no such draft.')
  return draft
}
const sshOf = async (config: string, host?: string) => (await draftOf(config, host)).partner.ssh

test('reads host, port and user, in any case, with an equals sign or quotes, and asks for the key by its file', async () => {
  const config = `
# mine
host acme
  HOSTNAME = acme.example
  Port=2222 # not the usual one
  User "ops team"
  IdentityFile ~/.ssh/acme
  IdentityFile ~/.ssh/acme_old
  CertificateFile ~/.ssh/acme-cert.pub
`
  expect(await draftOf(config)).toEqual({
    host: 'acme',
    partner: { partnerName: 'acme', ssh: { host: 'acme.example', port: 2222, username: 'ops team' } },
    files: { 'ssh.privateKey': ['~/.ssh/acme', '~/.ssh/acme_old'], 'ssh.certificate': ['~/.ssh/acme-cert.pub'] },
    notes: ['[acme.example]:2222: no known host key; a probe shows the key to compare and trust.'],
    problem: null,
  })
})

test('of each value the first one counts, from before the first Host line on', async () => {
  const config =
    'User all\nHost acme\n User acme\n HostName one.example\n HostName two.example\nHost *\n HostName three.example\n Port 23\n'
  expect(await sshOf(config)).toEqual({ host: 'one.example', port: 23, username: 'all' })
})

test('hosts are found by patterns, and left out by an exclamation mark', async () => {
  const config = 'Host web-?.prod *.db\nHost !b.db *.db\n User dba\nHost a.db b.db\nHost a.*\n HostName %h.example\nHost *\n User other\n'
  expect((await readSshConfig(config)).map(({ host }) => host)).toEqual(['a.db', 'b.db'])
  expect(await sshOf(config, 'a.db')).toMatchObject({ host: 'a.db.example', username: 'dba' })
  expect(await sshOf(config, 'b.db')).toMatchObject({ host: 'b.db', username: 'other' })
})

test('a jump host is a hop of its own block, and no partner', async () => {
  const config = `Host db
  ProxyJump bastion
  User reader
Host bastion
  HostName bastion.example
  User jump
  IdentityFile ~/.ssh/jump
bastion.example ssh-ed25519 ${key('A')} comment
`
  const drafts = await readSshConfig(config)
  expect(drafts.map(({ host }) => host)).toEqual(['db'])
  expect(drafts[0]).toMatchObject({
    partner: {
      ssh: {
        host: 'db',
        username: 'reader',
        jumps: [
          { host: 'bastion.example', port: 22, username: 'jump', hostKeySha256: expect.stringMatching(/^ssh-ed25519 SHA256:.{43}$/) },
        ],
      },
    },
    files: { 'ssh.jumps.0.privateKey': ['~/.ssh/jump'] },
  })
})

test.each([
  ['several', 'ProxyJump a,ops@b:2200,ssh://c.example:22', ['a.example:22', 'b:2200', 'c.example:22']],
  ['an IPv6 address', 'ProxyJump ops@[2001:db8::1]:2200', ['2001:db8::1:2200']],
  ['one with a jump of its own', 'ProxyJump via', ['a.example:22', 'via:22']],
  ['one that is not the first, whose own does not count', 'ProxyJump b,via', ['b:22', 'via:22']],
  ['none', 'ProxyJump none', undefined],
  ['the first of two', 'ProxyJump b\n ProxyCommand nc %h %p', ['b:22']],
  ['ssh as a proxy command', 'ProxyCommand ssh -q -W %h:%p ops@b', ['b:22']],
  ['the same the other way round', 'ProxyCommand /usr/bin/ssh b -W [%h]:%p', ['b:22']],
])('jumps through %s', async (_, option, expected) => {
  const { jumps } = await sshOf(`Host db\n ${option}\nHost a\n HostName a.example\nHost via\n ProxyJump a\n`, 'db')
  expect(jumps?.map(({ host, port }) => `${host}:${port}`)).toEqual(expected)
})

test.each([
  ['a circle', 'ProxyJump b\nHost b\n ProxyJump db', 'circle: db → b → db'],
  ['four hosts', 'ProxyJump a,b,c,d', 'through 4 hosts'],
  ['a program', 'ProxyCommand cloudflared access ssh --hostname %h', 'line 2: ProxyCommand runs a program'],
  ['no host', 'ProxyJump a,,b', 'line 2: ProxyJump  is no'],
])('says what is wrong with a way through %s', async (_, option, problem) => {
  expect((await draftOf(`Host db\n ${option}\n`, 'db')).problem).toContain(problem)
})

test('refuses Match and Include by name and line', async () => {
  const config = 'Include ~/.orbstack/ssh/config\nHost a\n User x\nMatch host b exec "true"\n User y\n'
  const refusal = expect.objectContaining({ code: 'invalid', message: expect.stringMatching(/line 1: Include .*line 4: Match /) })
  await expect(readSshConfig(config)).rejects.toEqual(refusal)
})

test('takes the target of the only port forwarding for the database', async () => {
  expect((await draftOf('Host a\n LocalForward 3307 db.internal:3306\n')).partner.db).toEqual({ host: 'db.internal', port: 3306 })
  expect((await draftOf('Host a\n LocalForward 1 x:3306\n LocalForward 2 y:80\n')).partner.db).toBeUndefined()
})

test('a text of many stars takes no time to match', async () => {
  const config = `Host ${'a'.repeat(250)}\nHost ${'a*'.repeat(140)}b\n`
  const started = performance.now()
  await readSshConfig(config)
  expect(performance.now() - started).toBeLessThan(500)
})
