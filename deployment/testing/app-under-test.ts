import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type FunctionName, type RouterDeps, router } from '../../functions/router.ts'
import type { Role, Scope } from '../../shared/http/app-env.ts'
import { readConfig } from '../../shared/node/config.ts'
import { createLog } from '../../shared/node/log.ts'
import { startWorker, workerVariables } from '../edge/worker-under-test.ts'
import { wire } from '../node/wire.ts'
import { type ApiRequest, bodyOf, requestOf } from './api-under-test.ts'
import { cheapPasswords } from './cheap-passwords.ts'
import { startDatabaseRelay } from './database-relay.ts'

const dayMs = 86_400_000
const passwordOf = (username: string) => `password of ${username}`

/** `workerd`: the suite's requests go to the Worker, over the same database; what it replaces or reads directly stays in this process. */
const isWorker = process.env['APP_PLATFORM'] === 'workerd'

/** All functions on the dependencies of production, but for password hashes that cost nothing, in this process, without the sweep and without a port. `changes` replace dependencies. */
export const openApp = async (changes: (deps: RouterDeps) => Partial<RouterDeps> = () => ({})) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'jobtalk-app-'))
  const log = createLog({ level: 'silent' })
  const config = { DATA_DIR: dataDir, ...(isWorker && { ...workerVariables, ADMIN_PASSWORD: passwordOf('admin') }) }
  const wired = await wire(readConfig(config), log, { runsSweep: false })
  const peer = () => ({ address: '127.0.0.1', trusted: true })
  const passwords = isWorker ? wired.deps.passwords : cheapPasswords()
  const deps = { ...wired.deps, passwords, peer, ...changes(wired.deps) }
  const app = router(deps)
  const relay = isWorker ? await startDatabaseRelay(wired.deps.database.db.client.options.hosts[0]?.socketPath ?? '') : null
  const worker = relay && (await startWorker(relay.url, wired.deps.database.db.databaseName))

  const request = async (route: string, options?: ApiRequest, to?: Pick<typeof app, 'request'>) => {
    const { path, init } = requestOf(route, options)
    if (worker && !to) return fetch(`http://127.0.0.1:${worker.port}${path}`, init)
    return (to ?? app).request(path, init)
  }
  /** The body of an answer that must be a success. */
  const read = async <Body>(route: string, options?: ApiRequest) => bodyOf<Body>(route, await request(route, options))
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
      await worker?.stop()
      relay?.stop()
      await wired.close()
      await rm(dataDir, { recursive: true })
    },
  }
}

export type AppUnderTest = Awaited<ReturnType<typeof openApp>>
