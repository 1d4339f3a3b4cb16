import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { pipeline } from './pipeline-under-test.ts'

const root = join(import.meta.dirname, '../..')
const jobs = ['verify', 'build', 'deploy_dev', 'deploy_production'] as const

describe('the pipeline', () => {
  it('verifies, builds and deploys, each by scripts that run by hand unchanged', () => {
    expect(pipeline.stages).toEqual(['verify', 'build', 'deploy'])
    expect(Object.fromEntries(jobs.map((name) => [name, pipeline[name]?.script]))).toEqual({
      verify: ['.ci/run'],
      build: ['.ci/build'],
      deploy_dev: ['deployment/check-ci-vars.sh development', 'deployment/deploy.sh development'],
      deploy_production: ['deployment/check-ci-vars.sh production', 'deployment/deploy.sh production'],
    })
    for (const line of jobs.flatMap((name) => pipeline[name]?.script ?? []))
      accessSync(join(root, line.split(' ')[0] ?? ''), constants.X_OK)
  })

  it('verifies against MongoDB 8', () => {
    expect(pipeline['verify']?.services).toEqual([{ name: 'mongo:8', alias: 'mongo' }])
    expect(pipeline['verify']?.variables).toMatchObject({ TEST_MONGO_URL: 'mongodb://mongo:27017/' })
  })

  it('builds on dev and main, deploys dev by itself, and production by hand', () => {
    expect(pipeline['build']?.rules).toEqual([{ if: '$CI_COMMIT_BRANCH == "dev" || $CI_COMMIT_BRANCH == "main"' }])
    expect(pipeline['deploy_dev']?.rules).toEqual([{ if: '$CI_COMMIT_BRANCH == "dev"' }])
    expect(pipeline['deploy_production']?.rules).toEqual([{ if: '$CI_COMMIT_BRANCH == "main"', when: 'manual' }])
  })

  it.each([
    ['deploy_dev', 'development'],
    ['deploy_production', 'production'],
  ])('runs %s once at a time in its environment, so that GitLab can roll it back', (job, environment) => {
    expect(pipeline[job]).toMatchObject({ stage: 'deploy', resource_group: environment, environment: { name: environment } })
  })
})
