import { onTestFinished } from 'vitest'
import { docker, productImage, pushVersions } from '../testing/images-under-test.ts'
import { startJob, startProgram } from './pipeline-under-test.ts'
import { type RegistryUnderTest, startRegistry } from './registry-under-test.ts'
import { startServer } from './server-under-test.ts'

const projects = ['jobtalk-dev', 'jobtalk-prod']
const listed = (args: readonly string[]) => docker(args).split('\n').filter(Boolean)
const partsOf = (project: string, kind: 'container' | 'volume' | 'network') =>
  listed([kind, 'ls', '--quiet', ...(kind === 'container' ? ['--all'] : []), '--filter', `label=com.docker.compose.project=${project}`])

const imagesOf = (registry: RegistryUnderTest) => listed(['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}', registry.image])

/** Ends what the deployments of a test left running. */
const clear = (registry: RegistryUnderTest) => {
  for (const kind of ['container', 'volume', 'network'] as const)
    for (const id of projects.flatMap((project) => partsOf(project, kind)))
      docker([kind, 'rm', ...(kind === 'network' ? [] : ['--force']), id])
  for (const image of imagesOf(registry)) docker(['image', 'rm', '--no-prune', image])
}

export const secrets = {
  JWT_SECRET_DEV: 'c8a55dd0f9ca6ac0e7fe25b0c3bf1f3e',
  ENCRYPTION_KEY_DEV: '5f3a90b1c7d2e6f4808192a3b4c5d6e75f3a90b1c7d2e6f4808192a3b4c5d6e7',
  ADMIN_PASSWORD_DEV: 'Adm1n-first password',
}

/** A registry with versions of the product, a server, and a job's variables: all that a deployment needs. It is gone after the test. */
export const startStage = async (versions: Record<string, readonly string[]>, options: Parameters<typeof startServer>[0] = {}) => {
  if (projects.some((project) => partsOf(project, 'container').length > 0)) throw new Error(`in use on this engine: ${projects}`)
  const registry = await startRegistry()
  onTestFinished(registry.stop)
  const server = await startServer(options)
  onTestFinished(server.stop)
  onTestFinished(() => clear(registry))
  pushVersions(registry, productImage, versions)

  const variables = (version: string, more: Record<string, string> = {}): Record<string, string> => ({
    ...registry.variables,
    ...server.variables,
    ...secrets,
    CI_COMMIT_SHA: version,
    HEALTH_WAIT_SECONDS: '2',
    HEALTH_INTERVAL_SECONDS: '1',
    ...more,
  })
  return {
    registry,
    server,
    variables,
    deploy: (version: string, more?: Record<string, string>) => startJob('deploy_dev', variables(version, more)).ended,
    startDeploy: (version: string, more?: Record<string, string>) => startJob('deploy_dev', variables(version, more)),
    deployProduction: (version: string, more?: Record<string, string>) => startJob('deploy_production', variables(version, more)).ended,
    deployByHand: (version: string, more?: Record<string, string>, environment = 'development') =>
      startProgram('deployment/deploy.sh', [environment], variables(version, more)).ended,
    rollback: (...args: string[]) => startProgram('deployment/release/rollback.sh', ['development', ...args], variables('')).ended,
    /** The version that answers, of development where no port is given. */
    answering: async (port = 8080) => ((await (await fetch(`http://127.0.0.1:${port}/health`)).json()) as { revision: string }).revision,
    /** Gives the tag of a version to the image of another, on the server. */
    moveTag: (tag: string, version: string) => docker(['tag', `${registry.image}:${version}`, `${registry.image}:${tag}`]),
    versionsOnServer: () =>
      imagesOf(registry)
        .map((image) => image.slice(registry.image.length + 1))
        .toSorted(),
  }
}
