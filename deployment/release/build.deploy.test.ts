import { expect, it, onTestFinished } from 'vitest'
import { docker, prepareBaseImage } from '../testing/images-under-test.ts'
import { runJob } from './pipeline-under-test.ts'
import { startRegistry } from './registry-under-test.ts'

it('builds the image of a commit once, and takes the next one’s layers from the registry', async () => {
  prepareBaseImage()
  const registry = await startRegistry()
  onTestFinished(registry.stop)
  const image = (tag: string) => `${registry.image}:${tag}`
  const idOf = (tag: string) => docker(['image', 'inspect', '--format', '{{.Id}}', image(tag)]).trim()
  const forget = (...tags: string[]) => docker(['image', 'rm', '--force', ...tags.map(image)])
  const build = (commit: string, branch: string) =>
    runJob('build', { ...registry.variables, CI_COMMIT_SHA: commit, CI_COMMIT_REF_SLUG: branch })

  expect(await build('1111111', 'dev')).toMatchObject({ code: 0 })
  expect(await registry.tags()).toEqual(['1111111', 'dev', 'dev-ui'])
  expect(
    docker(['image', 'inspect', '--format', '{{index .Config.Labels "org.opencontainers.image.revision"}}', image('1111111')]).trim(),
  ).toBe('1111111')
  const first = idOf('1111111')

  forget('1111111', 'dev', 'dev-ui')
  const again = await build('1111111', 'main')
  expect(again).toEqual({ code: 0, output: expect.stringContaining('The image of 1111111 is there.') })
  expect(again.output).not.toContain('Step ')
  expect(idOf('main')).toBe(first)
  expect(await registry.tags()).toEqual(['1111111', 'dev', 'dev-ui', 'main'])

  const next = await build('2222222', 'dev')
  expect(next.code).toBe(0)
  expect(next.output).toMatch(/RUN npm ci --omit=dev.*\n ---> Using cache/)
  expect(idOf('2222222')).not.toBe(first)
  forget('1111111', '2222222', 'dev', 'dev-ui', 'main')
}, 900_000)

it('does not build when the registry refuses', async () => {
  const registry = await startRegistry()
  onTestFinished(registry.stop)
  const { code, output } = await runJob('build', {
    ...registry.variables,
    CI_REGISTRY_PASSWORD: 'wrong',
    CI_COMMIT_SHA: '1',
    CI_COMMIT_REF_SLUG: 'dev',
  })
  expect(code).not.toBe(0)
  expect(output).toMatch(/unauthorized/i)
  expect(output).not.toContain('Step ')
})
