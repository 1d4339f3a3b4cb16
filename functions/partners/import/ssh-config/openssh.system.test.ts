import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { requireParts } from '../../../../deployment/testing/real-part.ts'
import { readSshConfig } from './read-ssh-config.ts'

const folder = mkdtempSync(join(tmpdir(), 'ssh-config-'))
afterAll(() => rmSync(folder, { recursive: true }))

const config = `User=everybody
Host db1 db2 !db3
  HostName "%h.internal.example"
  ProxyJump ops@bastion:2200,inner
  User dba
Host inner
  Hostname inner.example # behind the first
  Port 2022
host *.test
  HOSTNAME=10.0.0.7
Host a.test b.test
  User tester
  IdentityFile ~/.ssh/test
  IdentityFile "~/.ssh/with a space"
Host db?
  Port 2222
  HostName other.example
  IdentityFile ~/.ssh/db
Host plain
  ProxyJump none
Host * !fallback.example
  ProxyJump fallback.example
  Port 22
`

describe.runIf(requireParts('ssh', 'ssh-keygen'))('as OpenSSH does,', () => {
  const askSsh = (file: string, host: string) => {
    const lines = execFileSync('ssh', ['-G', '-F', file, host], { encoding: 'utf8' }).trim().split('\n')
    const all = (keyword: string) => lines.filter((line) => line.startsWith(`${keyword} `)).map((line) => line.slice(keyword.length + 1))
    return {
      host: all('hostname')[0],
      port: Number(all('port')[0]),
      username: all('user')[0],
      files: all('identityfile'),
      jump: all('proxyjump')[0],
    }
  }

  test.each(['db1', 'db2', 'a.test', 'b.test', 'inner', 'plain'])('it reads the host %s', async (name) => {
    const file = join(folder, 'config')
    writeFileSync(file, config)
    const expected = askSsh(file, name)
    // Of a host that others jump through there is a draft where nobody does.
    const drafts = await readSshConfig(name === 'inner' ? config.replace(',inner', '') : config)
    const draft = drafts.find(({ host }) => host === name)
    const { host, port, username, jumps } = draft?.partner.ssh ?? {}
    expect({ host, port, username }).toEqual({ host: expected.host, port: expected.port, username: expected.username })
    if (draft?.files['ssh.privateKey']) expect(draft.files['ssh.privateKey']).toEqual(expected.files)
    expect(jumps === undefined).toBe(expected.jump === undefined)
  })

  test.each(['acme.example', '[acme.example]:2222'])('it finds %s among hashed names, with the same fingerprint', async (name) => {
    const [key, known] = [join(folder, `key-${name}`), join(folder, `known-${name}`)]
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key])
    const publicKey = readFileSync(`${key}.pub`, 'utf8')
    writeFileSync(known, `other.example ${publicKey}${name} ${publicKey}`)
    execFileSync('ssh-keygen', ['-q', '-H', '-f', known], { stdio: 'ignore' })
    const hashed = readFileSync(known, 'utf8')
    expect(hashed).not.toContain('acme')
    const port = name.startsWith('[') ? 2222 : 22
    const [draft] = await readSshConfig(`Host a\n HostName acme.example\n Port ${port}\n${hashed}`)
    const [, fingerprint] = execFileSync('ssh-keygen', ['-l', '-f', `${key}.pub`], { encoding: 'utf8' }).split(' ')
    expect(draft?.partner.ssh.hostKeySha256).toBe(`ssh-ed25519 ${fingerprint}`)
  })
})
