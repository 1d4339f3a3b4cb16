import { setTimeout as delay } from 'node:timers/promises'
import { ReachError } from '../../reach/reach-error.ts'
import type { ConnectOptions, PartnerConnection, ReachTarget, SshServer } from '../../reach/reach-target.ts'
import { ReachFailure } from './reach-failure.ts'
import type { Spent } from './run-stages.ts'

// After the preferred type, Ed25519, those that a server may also have.
const otherKeyTypes = ['ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521', 'ssh-rsa']

/** How long to wait before the attempts that follow a refusal: at random, so that many who were refused together do not come together. */
const waitsMs = [
  { least: 100, most: 600 },
  { least: 400, most: 1_600 },
]

/**
 * Connects, and tries again where that may help: a key that is pinned by its fingerprint alone may be any of the server's, so that each type is
 * asked for until one matches; an SSH server that hangs up before the key exchange is tried twice more. All attempts share the stages' limits.
 */
export const retryConnect = async (
  connect: (target: ReachTarget, spent: Spent) => Promise<PartnerConnection>,
  target: ReachTarget,
  { timeoutsMs, signal }: ConnectOptions,
  wait: (ms: number, signal: AbortSignal) => Promise<unknown> = waitOrAbort,
): Promise<PartnerConnection> => {
  const spent: Spent = new Map()
  const keys = otherKeys(target)
  const waits = waitsMs.values()
  for (;;) {
    try {
      return await connect(keys.target(), spent)
    } catch (error) {
      if (!(error instanceof ReachError)) throw error
      if (error.reason === 'host-key-changed') {
        keys.tryNext(error)
        continue
      }
      const range = mayPass(error) ? waits.next().value : undefined
      if (!range) throw error
      const waitMs = range.least + Math.random() * (range.most - range.least)
      const spentMs = (spent.get('ssh-connect') ?? 0) + waitMs
      if (spentMs > timeoutsMs['ssh-connect']) throw error
      spent.set('ssh-connect', spentMs)
      await wait(waitMs, signal)
    }
  }
}

/** An abort ends the wait, and the attempt that follows says so. */
const waitOrAbort = (ms: number, signal: AbortSignal) => delay(ms, undefined, { signal }).catch(() => {})

const mayPass = ({ stage, cause }: ReachError) =>
  (stage === 'ssh-connect' || stage === 'host-key') && cause instanceof ReachFailure && cause.mayPass

type Typed = { server: SshServer; untried: string[]; refused: ReachError | null }

/** The target with other types of key asked for where a fingerprint alone is pinned. */
const otherKeys = (target: ReachTarget) => {
  const { ssh } = target
  const route = ssh ? [...(ssh.jumps ?? []), ssh] : []
  const typed = route.map((server): Typed => ({ server, untried: [...otherKeyTypes], refused: null }))
  return {
    target: (): ReachTarget => {
      const servers = typed.map(({ server }) => server)
      const last = servers.pop()
      return ssh && last ? { ...target, ssh: { ...last, jumps: servers } } : target
    },
    /** Throws the first refusal of that server's key once all types were tried. */
    tryNext: (error: ReachError) => {
      const at = typed[error.hop ? error.hop.number - 1 : typed.length - 1]
      const { hostKey } = at?.server ?? {}
      const isAlone = hostKey && 'pinned' in hostKey && (hostKey.type === undefined || at?.refused)
      if (!at || !isAlone) throw error
      at.refused ??= error
      const type = at.untried.shift()
      if (type === undefined) throw at.refused
      at.server = { ...at.server, hostKey: { pinned: hostKey.pinned, type } }
    },
  }
}
