import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startSshd } from '../testing/sshd.ts'

const socketOf = (dockerHost: string | undefined) => (dockerHost ?? 'unix:///var/run/docker.sock').replace('unix://', '')

/**
 * What stands in for the Linode: a real `sshd`, a user of its own who may use Docker and nothing else, and a directory. `wrapper` is put before each
 * command that arrives by SSH.
 */
export const startServer = async ({ wrapper }: { wrapper?: string } = {}) => {
  const home = mkdtempSync(join(tmpdir(), 'server-'))
  const user = `jobtalk-${process.pid}-${home.slice(-4).toLowerCase()}`.replace(/[^a-z0-9-]/g, '0')
  const socket = socketOf(process.env['DOCKER_HOST'])
  execFileSync('useradd', [
    '--password',
    '*',
    '--no-create-home',
    '--home-dir',
    home,
    '--shell',
    '/bin/bash',
    '--gid',
    String(statSync(socket).gid),
    user,
  ])
  const uid = Number(execFileSync('id', ['-u', user], { encoding: 'utf8' }))

  const sshd = await startSshd({
    config: [
      `AuthorizedKeysFile ${home}/.ssh/authorized_keys`,
      `SetEnv DOCKER_HOST=unix://${socket}`,
      ...(wrapper ? [`ForceCommand ${wrapper} bash -c "$SSH_ORIGINAL_COMMAND"`] : []),
    ],
  })
  mkdirSync(join(home, '.ssh'))
  writeFileSync(join(home, 'key'), sshd.privateKey, { mode: 0o600 })
  writeFileSync(join(home, '.ssh/authorized_keys'), execFileSync('ssh-keygen', ['-y', '-f', join(home, 'key')]))
  rmSync(join(home, 'key'))
  mkdirSync(join(home, 'app'))
  for (const path of ['', '.ssh', '.ssh/authorized_keys', 'app']) chownSync(join(home, path), uid, -1)
  chmodSync(home, 0o755)

  const scanWith = (command: string) => execFileSync('bash', ['-c', command], { encoding: 'utf8', stdio: 'pipe' })
  return {
    sshd,
    home,
    directory: join(home, 'app'),
    /** What a job knows of the server. */
    variables: {
      LINODE_SSH_HOST: '127.0.0.1',
      LINODE_SSH_PORT: String(sshd.port),
      LINODE_SSH_USER: user,
      LINODE_SSH_PRIVATE_KEY: sshd.privateKey,
      LINODE_SSH_KNOWN_HOSTS: scanWith(`ssh-keyscan -p ${sshd.port} -t ed25519 127.0.0.1`),
      DEPLOY_DIR: join(home, 'app'),
    },
    /** What a command of `ssh-keyscan` prints. */
    scanWith,
    /** Runs a command as the server's user, and returns what it prints. */
    run: (command: string) => execFileSync('runuser', ['-u', user, '--', 'bash', '-c', command], { encoding: 'utf8' }),
    /** Every file of the server's user, wherever it is that it may write. */
    files: () => spawnSync('find', [home, '/tmp', '-user', user, '-type', 'f'], { encoding: 'utf8' }).stdout,
    stop: async () => {
      await sshd.stop()
      execFileSync('userdel', [user])
      rmSync(home, { recursive: true })
    },
  }
}
