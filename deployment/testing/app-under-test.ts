import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type FunctionName, type RouterDeps, router } from '../../functions/router.ts'
import type { Role, Scope } from '../../shared/http/app-env.ts'
import { readConfig } from '../../shared/node/config.ts'
import { createLog } from '../../shared/node/log.ts'
import { wire } from '../node/wire.ts'
import { cheapPasswords } from './cheap-passwords.ts'

export type AppRequest = { as?: string | undefined; body?: unknown; headers?: Record<string, string> }

const dayMs = 86_400_000
const passwordOf = (username: string) => `password of ${username}`

/** All functions on the dependencies of production, but for password hashes that cost nothing, in this process, without the sweep and without a port. `changes` replace dependencies. */
export const openApp = async (changes: (deps: RouterDeps) => Partial<RouterDeps> = () => ({})) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'jobtalk-app-'))
  const log = createLog({ level: 'silent' })
  const wired = await wire(readConfig({ DATA_DIR: dataDir }), log, { runsSweep: false })
  const peer = () => ({ address: '127.0.0.1', trusted: true })
  const deps = { ...wired.deps, passwords: cheapPasswords(), peer, ...changes(wired.deps) }
  const app = router(deps)

  const request = async (route: string, { as, body, headers }: AppRequest = {}, to: Pick<typeof app, 'request'> = app) => {
    const [method = 'GET', path = '/'] = route.split(' ')
    return to.request(path, {
      method,
      headers: {
        ...(as && { Authorization: `Bearer ${as}` }),
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  }
  /** The body of an answer that must be a success. */
  const read = async <Body>(route: string, options: AppRequest): Promise<Body> => {
    const response = await request(route, options)
    if (!response.ok) throw new Error(`${route} answered ${response.status}: ${await response.text()}`)
    return (await response.json()) as Body
  }
  return {
    deps,
    db: wired.deps.database.db,
    app,
    request,
    read,
    /** The app with one function only. */
    alone: (name: FunctionName) => router(deps, [name]),
    /** Makes a user and returns an access token. */
    signIn: async (role: Role): Promise<string> => {
      const username = role.toLowerCase()
      const at = deps.now()
      const passwordHash = await deps.passwords.hash(passwordOf(username))
      await wired.deps.users.insert({ _id: deps.newId(), username, role, passwordHash, createdAt: at, updatedAt: at })
      const body = { username, password: passwordOf(username) }
      return (await read<{ accessToken: string }>('POST /api/login', { body })).accessToken
    },
    /** A service token with these scopes. */
    createToken: async (admin: string, scopes: readonly Scope[]): Promise<string> => {
      const body = { name: deps.newId(), scopes, expiresAt: new Date(deps.now().getTime() + dayMs).toISOString() }
      return (await read<{ token: string }>('POST /api/tokens', { as: admin, body })).token
    },
    close: async () => {
      await wired.close()
      await rm(dataDir, { recursive: true })
    },
  }
}

export type AppUnderTest = Awaited<ReturnType<typeof openApp>>
