import { jwtVerify } from 'jose'
import { expect, it } from 'vitest'
import { docker } from '../testing/images-under-test.ts'
import { startStage } from './stage-under-test.ts'

const nasty = ` $HOME \${USER} $$ 'single' "double" #comment \\n \\ %(x)s \`id\` =é\nsecond line\n`
const values = {
  JWT_SECRET: `jwt${nasty}`,
  ENCRYPTION_KEY: '$k "\'#\\ `32` bytes\nof text: é!!',
  ENCRYPTION_KEY_PREVIOUS: '$(previous) "\'#\\ of 32 bytes....',
  ADMIN_PASSWORD: `admin${nasty}`,
  SMTP_HOST: 'mail.example',
  SMTP_USERNAME: `user${nasty}`,
  SMTP_PASSWORD: `mail${nasty}`,
  SMTP_FROM_EMAIL: 'alerts@example.com',
  APP_NAME: `name${nasty}`,
}
const print = `
  const { readConfig } = await import('/app/shared/node/config.ts')
  const { ENCRYPTION_KEY, ENCRYPTION_KEY_PREVIOUS, TRUST_PROXY, ...config } = readConfig(process.env)
  console.log(JSON.stringify({ ...config, ENCRYPTION_KEY: Buffer.from(ENCRYPTION_KEY).toString(), ENCRYPTION_KEY_PREVIOUS: Buffer.from(ENCRYPTION_KEY_PREVIOUS).toString() }))
`

it('brings every secret to the process exactly as it is', async () => {
  const stage = await startStage({ v1: [] })
  expect(Buffer.byteLength(values.ENCRYPTION_KEY)).toBe(32)
  const { code, output } = await stage.deployByHand(
    'v1',
    Object.fromEntries(Object.entries(values).map(([name, value]) => [`${name}_DEV`, value])),
  )
  expect(code, output).toBe(0)

  const seen = JSON.parse(docker(['exec', 'jobtalk-dev_jobtalk_app_1', 'node', '--input-type=module', '--eval', print]))
  expect(seen).toMatchObject(values)

  const response = await fetch('http://127.0.0.1:8080/api/login', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username: 'admin', password: values.ADMIN_PASSWORD }),
  })
  const { accessToken } = (await response.json()) as { accessToken: string }
  await jwtVerify(accessToken, new TextEncoder().encode(values.JWT_SECRET))
})
