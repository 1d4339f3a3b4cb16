import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { findFreePort, startDaemon, stopDaemon } from './daemon.ts'
import { programPath } from './real-part.ts'

type HostKeyType = 'ed25519' | 'ecdsa' | 'rsa'

type SshdOptions = {
  /** Lines of sshd_config, which win over the defaults below. */
  config?: readonly string[]
  hostKeyTypes?: readonly HostKeyType[]
  /** Writes a certificate beside the public key of the host at this path, as `ssh-keygen -s` does. */
  certifyHost?: (publicKeyPath: string) => void
}

/** A throwaway OpenSSH server on loopback; whoever runs the tests can sign in with `privateKey`. */
export type Sshd = {
  port: number
  username: string
  /** An Ed25519 key in OpenSSH's format that the server accepts. */
  privateKey: string
  /** The fingerprint of the server's key of this type, as OpenSSH prints it. */
  hostKeySha256(type?: HostKeyType): string
  /** Lets a key in, given as a line of authorized_keys. */
  authorize(publicKey: string): void
  /** What the server logged so far, at DEBUG2. */
  readLog(): string
  /** Ends the server and every connection to it, then starts it again on the same port. */
  restart(): Promise<void>
  /** Replaces the host keys, and restarts. */
  changeHostKey(): Promise<void>
  stop(): Promise<void>
}

/** Starts a throwaway `sshd`. @throws Error when it does not start */
export const startSshd = async ({ config = [], hostKeyTypes = ['ed25519'], certifyHost = () => {} }: SshdOptions = {}): Promise<Sshd> => {
  const folder = mkdtempSync(join(tmpdir(), 'sshd-'))
  const file = (name: string) => join(folder, name)
  // Another user's half of sshd reads the keys that may sign in as that user.
  chmodSync(folder, 0o711)
  const port = await findFreePort()
  const username = userInfo().username
  // Where Debian's sshd keeps the root of its unprivileged half; made by its service otherwise.
  if (username === 'root') mkdirSync('/run/sshd', { recursive: true, mode: 0o755 })

  const makeHostKeys = () => {
    for (const type of hostKeyTypes) {
      makeKey(file(`host_${type}`), type)
      certifyHost(file(`host_${type}.pub`))
    }
  }
  makeHostKeys()
  makeKey(file('user'), 'ed25519')
  writeFileSync(file('authorized_keys'), readFileSync(file('user.pub')), { mode: 0o644 })
  const limitsStarts = (line: string) => line.startsWith('MaxStartups ')
  // Where several lines are no list, the first one wins, but for MaxStartups the last.
  const defaults = settings(folder, port, hostKeyTypes).filter((line) => !(limitsStarts(line) && config.some(limitsStarts)))
  writeFileSync(file('sshd_config'), [...config, ...defaults].join('\n'))

  const start = () => startDaemon(programPath('sshd'), ['-D', '-f', file('sshd_config'), '-E', file('log')], port)
  let daemon = await start()
  const stop = async () => {
    const connections = daemon.pid === undefined ? [] : childrenOf(daemon.pid)
    await stopDaemon(daemon)
    for (const pid of connections) killQuietly(pid)
  }
  const restart = async () => {
    await stop()
    daemon = await start()
  }
  return {
    port,
    username,
    privateKey: readFileSync(file('user'), 'utf8'),
    hostKeySha256: (type = 'ed25519') => fingerprint(readFileSync(file(`host_${type}.pub`), 'utf8')),
    authorize: (publicKey) => writeFileSync(file('authorized_keys'), `\n${publicKey}\n`, { flag: 'a' }),
    readLog: () => readFileSync(file('log'), 'utf8'),
    restart,
    changeHostKey: async () => {
      makeHostKeys()
      await restart()
    },
    stop: async () => {
      await stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const settings = (folder: string, port: number, hostKeyTypes: readonly HostKeyType[]): string[] => [
  `Port ${port}`,
  'ListenAddress 127.0.0.1',
  ...hostKeyTypes.map((type) => `HostKey ${folder}/host_${type}`),
  ...hostKeyTypes
    .map((type) => `${folder}/host_${type}-cert.pub`)
    .filter((path) => existsSync(path))
    .map((path) => `HostCertificate ${path}`),
  `AuthorizedKeysFile ${folder}/authorized_keys`,
  `PidFile ${folder}/pid`,
  'UsePAM no',
  'UseDNS no',
  'StrictModes no',
  'PermitRootLogin prohibit-password',
  'PasswordAuthentication no',
  'KbdInteractiveAuthentication no',
  'MaxStartups 1000',
  'MaxSessions 1000',
  'LogLevel DEBUG2',
]

const makeKey = (path: string, type: HostKeyType) => {
  rmSync(path, { force: true })
  execFileSync(programPath('ssh-keygen'), ['-q', '-t', type, '-N', '', '-C', '', '-f', path])
}

const fingerprint = (publicKey: string): string =>
  `SHA256:${createHash('sha256')
    .update(Buffer.from(publicKey.split(' ')[1] ?? '', 'base64'))
    .digest('base64')
    .replace(/=+$/, '')}`

const childrenOf = (pid: number): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((child) => parentOf(child) === pid)

/** From /proc/PID/stat, whose second field, in parentheses, can hold anything (proc(5)). */
const parentOf = (pid: number): number | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return undefined
  }
}

const killQuietly = (pid: number) => {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself.
  }
}
