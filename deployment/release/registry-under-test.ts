import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findFreePort, startDaemon, stopDaemon } from '../testing/daemon.ts'
import { programPath } from '../testing/real-part.ts'

const user = 'gitlab-ci-token'
const password = "r3gistry $pass 'word' #1"
const passwordHash = '$2b$04$9guW2.H782TueiV39/bbkOK9fjK6Li9LGSKAMYF4uCNVw0.J2I8bK'

/** Debian's registry on loopback, which lets in one user, as a project's registry does a job. */
export const startRegistry = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'registry-'))
  const port = await findFreePort()
  const settings = {
    version: 0.1,
    log: { accesslog: { disabled: true }, level: 'error' },
    storage: { filesystem: { rootdirectory: join(folder, 'data') } },
    http: { addr: `127.0.0.1:${port}` },
    auth: { htpasswd: { realm: 'test', path: join(folder, 'users') } },
  }
  writeFileSync(join(folder, 'users'), `${user}:${passwordHash}\n`)
  writeFileSync(join(folder, 'config.yml'), JSON.stringify(settings))
  const daemon = await startDaemon(programPath('docker-registry'), ['serve', join(folder, 'config.yml')], port)
  const address = `127.0.0.1:${port}`
  return {
    image: `${address}/jobtalk/admin`,
    /** What a job knows of the registry. */
    variables: {
      CI_REGISTRY: address,
      CI_REGISTRY_IMAGE: `${address}/jobtalk/admin`,
      CI_REGISTRY_USER: user,
      CI_REGISTRY_PASSWORD: password,
    },
    tags: async (): Promise<string[]> => {
      const response = await fetch(`http://${address}/v2/jobtalk/admin/tags/list`, {
        headers: { Authorization: `Basic ${btoa(`${user}:${password}`)}` },
      })
      const { tags } = (await response.json()) as { tags?: string[] | null }
      return (tags ?? []).toSorted()
    },
    stop: async () => {
      await stopDaemon(daemon)
      rmSync(folder, { recursive: true })
    },
  }
}

export type RegistryUnderTest = Awaited<ReturnType<typeof startRegistry>>
