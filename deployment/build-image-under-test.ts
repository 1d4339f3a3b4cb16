import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { image, revision } from './container-under-test.ts'

const cwd = join(import.meta.dirname, '..')

/** Builds the image that the container tests run, once before them. */
export const setup = () => {
  execFileSync('.ci/base-image', { cwd, stdio: 'inherit' })
  const startedAt = performance.now()
  execFileSync('docker', ['build', '--quiet', '--network', 'host', '--build-arg', `REVISION=${revision}`, '--tag', image, '.'], {
    cwd,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  console.log(`the image was built in ${Math.round((performance.now() - startedAt) / 1000)} s`)
}
