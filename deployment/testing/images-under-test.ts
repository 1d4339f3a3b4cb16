import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RegistryUnderTest } from '../release/registry-under-test.ts'

/** Runs Docker's client and returns what it prints. */
export const docker = (args: readonly string[], input = ''): string =>
  execFileSync('docker', args, { encoding: 'utf8', input, stdio: 'pipe' })

/** Makes the image that the product's is built on, where no registry has it, and returns its tag. */
export const prepareBaseImage = (): string => {
  execFileSync(join(import.meta.dirname, '../../.ci/base-image'), { stdio: 'pipe' })
  return readFileSync('Dockerfile', 'utf8').match(/^ARG NODE_IMAGE=(.*)$/m)?.[1] ?? ''
}

/** The tag of the product's image as the sources are now; `setup` builds it before the tests. */
export const productImage = 'jobtalk-admin:under-test'
export const productRevision = 'c0ffee5'

/** Builds the product's image, once for all test files of a run. */
export const setup = (): void => {
  prepareBaseImage()
  const startedAt = performance.now()
  docker(['build', '--quiet', '--network', 'host', '--build-arg', `REVISION=${productRevision}`, '--tag', productImage, '.'])
  console.log(`the image was built in ${Math.round((performance.now() - startedAt) / 1000)} s`)
}

/** Pushes versions of the product, each of which differs from it by some lines of a Dockerfile, as the job `build` pushes a commit's. */
export const pushVersions = (registry: RegistryUnderTest, product: string, versions: Record<string, readonly string[]>): void => {
  const config = mkdtempSync(join(tmpdir(), 'docker-config-'))
  const { CI_REGISTRY, CI_REGISTRY_USER, CI_REGISTRY_PASSWORD } = registry.variables
  docker(['--config', config, 'login', '--username', CI_REGISTRY_USER, '--password-stdin', CI_REGISTRY], CI_REGISTRY_PASSWORD)
  for (const [version, lines] of Object.entries(versions)) {
    const name = `${registry.image}:${version}`
    docker(['build', '--quiet', '--tag', name, '-'], [`FROM ${product}`, `ENV APP_REVISION=${version}`, ...lines].join('\n'))
    docker(['--config', config, 'push', '--quiet', name])
    docker(['image', 'rm', '--no-prune', name])
  }
  rmSync(config, { recursive: true })
}
