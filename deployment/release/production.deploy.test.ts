import { expect, it, onTestFinished } from 'vitest'
import { docker, productImage } from '../testing/images-under-test.ts'
import { startStage } from './stage-under-test.ts'

/** The embedded engine of a container of its own, which production reaches by a socket in its volume. */
const startDatabase = (): string => {
  const volume = 'jobtalk-prod_jobtalk_data'
  docker([
    'volume',
    'create',
    '--label',
    'com.docker.compose.project=jobtalk-prod',
    '--label',
    'com.docker.compose.volume=jobtalk_data',
    volume,
  ])
  const id = docker(['run', '--detach', '--env', 'NODE_ENV=development', '--volume', `${volume}:/data`, productImage]).trim()
  onTestFinished(() => void docker(['rm', '--force', id]))
  return 'mongodb://%2Fdata%2Fmongo%2Fmongo.sock/?directConnection=true'
}

it('deploys production on port 80 beside development on 8080, each with its own image and env file', async () => {
  const stage = await startStage({ v1: [], v2: [] })
  const secrets = {
    MONGO_URL_PROD: startDatabase(),
    JWT_SECRET_PROD: '9c1f0ab27d3e58864bd0f2a1c7e93d45',
    ENCRYPTION_KEY_PROD: '7d0c2b9f4a6e81355f3a90b1c7d2e6f4808192a3b4c5d6e79b8a7f6e5d4c3b2a',
  }
  expect(await stage.deploy('v2')).toMatchObject({ code: 0 })
  const { code, output } = await stage.deployByHand('v1', secrets, 'production')
  expect(code, output).toBe(0)
  expect(output).toContain('Now running in production: v1')
  expect(await stage.answering(80)).toBe('v1')
  expect(await stage.answering()).toBe('v2')
  expect(stage.server.run(`cat ${stage.server.directory}/production/current/app.env`)).toContain(`JWT_SECRET=${secrets.JWT_SECRET_PROD}`)
  expect(stage.server.run(`cat ${stage.server.directory}/development/current/app.env`)).not.toContain(secrets.JWT_SECRET_PROD)
})
