import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { docker, prepareBaseImage } from '../testing/images-under-test.ts'

const listeners = '[80, 8080, 9999].map((port) => require("http").createServer((_, answer) => answer.end("here")).listen(port))'

/** A fresh Debian with a network of its own, in which root has a key, as a new Linode has. */
const startFreshServer = () => {
  const folder = mkdtempSync(join(tmpdir(), 'server-setup-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'deploy', '-f', join(folder, 'key')])
  const script = join(import.meta.dirname, '../server-setup.sh')
  const ports = ['22', '80', '8080', '9999'].flatMap((port) => ['--publish', `127.0.0.1::${port}`])
  const id = docker([
    'run',
    '--detach',
    '--cap-add',
    'NET_ADMIN',
    ...ports,
    '--volume',
    `${script}:/server-setup.sh:ro`,
    prepareBaseImage(),
    'sleep',
    '3600',
  ]).trim()
  onTestFinished(() => void docker(['rm', '--force', id]))
  const run = (command: string) => docker(['exec', id, 'bash', '-c', command])
  run('apt-get update -qq && apt-get install -y -qq --no-install-recommends openssh-server')
  const publicKey = readFileSync(join(folder, 'key.pub'), 'utf8').trim()
  return {
    id,
    run,
    folder,
    publicKey,
    setUp: (...options: string[]) => spawnSync('docker', ['exec', ...options, id, '/server-setup.sh', publicKey], { encoding: 'utf8' }),
    portOf: (port: number) =>
      docker(['port', id, `${port}/tcp`])
        .trim()
        .split(':')
        .at(-1) ?? '',
  }
}

it('makes a fresh Debian ready, twice the same', async () => {
  const server = startFreshServer()
  expect(server.setUp()).toMatchObject({ status: 1, stderr: expect.stringContaining('No administrator has a key') })
  server.run(`mkdir -p /root/.ssh && echo '${server.publicKey}' >/root/.ssh/authorized_keys`)

  const first = server.setUp()
  expect(first).toMatchObject({ status: 0 })
  const state = () =>
    server.run(
      'cd / && sha256sum etc/passwd etc/group etc/ufw/user.rules etc/ufw/user6.rules etc/ssh/sshd_config.d/* etc/docker/daemon.json etc/apt/apt.conf.d/20auto-upgrades home/deploy/.ssh/authorized_keys; iptables -S; stat -c "%a %U %n" opt/jobtalk-admin',
    )
  const afterFirst = state()
  const overSsh = server.setUp('--env', 'SSH_CONNECTION=198.51.100.7 50000 203.0.113.10 22')
  expect(overSsh).toMatchObject({ status: 0 })
  expect(state()).toBe(afterFirst)
  expect(afterFirst).toContain('750 deploy opt/jobtalk-admin')

  // A user without root but for Docker.
  expect(server.run('id -nG deploy').trim()).toBe('deploy docker')
  server.run('dockerd --version && docker-compose --version && apt-config dump | grep "Unattended-Upgrade \\"1\\""')

  // SSH by key alone, at the key that the script printed.
  server.run('/usr/sbin/sshd -t && /usr/sbin/sshd')
  const [, keyLine = ''] = first.stdout.match(/LINODE_SSH_KNOWN_HOSTS {2}ADDRESS (.*)$/m) ?? []
  expect(overSsh.stdout).toContain(`LINODE_SSH_HOST         203.0.113.10\n`)
  expect(overSsh.stdout).toContain(`LINODE_SSH_KNOWN_HOSTS  203.0.113.10 ${keyLine}\n`)
  const knownHosts = execFileSync('ssh-keyscan', ['-p', server.portOf(22), '-t', 'ed25519', '127.0.0.1'], {
    encoding: 'utf8',
    stdio: 'pipe',
  })
  expect(knownHosts).toContain(keyLine)
  const ssh = (user: string, ...options: string[]) =>
    spawnSync(
      'ssh',
      [
        '-F',
        'none',
        '-p',
        server.portOf(22),
        '-o',
        'StrictHostKeyChecking=no',
        '-o',
        'UserKnownHostsFile=/dev/null',
        ...options,
        `${user}@127.0.0.1`,
        'whoami',
      ],
      { encoding: 'utf8' },
    )
  const withKey = ['-i', join(server.folder, 'key'), '-o', 'IdentitiesOnly=yes']
  expect(ssh('deploy', ...withKey).stdout).toBe('deploy\n')
  expect(ssh('deploy', '-o', 'PubkeyAuthentication=no', '-o', 'BatchMode=yes').stderr).toMatch(/Permission denied \(publickey\)/)

  // A firewall for 22, 80 and 8080.
  docker(['exec', '--detach', server.id, 'node', '--eval', listeners])
  const answers = async (port: number) =>
    (await fetch(`http://127.0.0.1:${server.portOf(port)}/`, { signal: AbortSignal.timeout(5000) })).text()
  await expect.poll(() => answers(8080).catch(() => ''), { timeout: 10_000 }).toBe('here')
  expect(await answers(80)).toBe('here')
  await expect(answers(9999)).rejects.toThrow()
}, 900_000)
