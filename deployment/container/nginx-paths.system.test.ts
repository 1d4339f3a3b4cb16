import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { requireParts } from '../testing/real-part.ts'
import { type ServiceUnderTest, startService } from '../testing/service-under-test.ts'
import { type NginxUnderTest, startNginx } from './nginx-under-test.ts'

const spellings = (word: string) => [
  `/${word}`,
  `/${word}/`,
  `/${word}?x=1`,
  `/${word}#x`,
  `/${word};x=1`,
  `/${word}.`,
  `/${word}..`,
  `/${word}...`,
  `/${word}%20`,
  `/${word}%2f`,
  `/${word}%3f`,
  `/${word}%23`,
  `/${word.toUpperCase()}`,
  `/%${word.charCodeAt(0).toString(16)}${word.slice(1)}`,
  `//${word}`,
  `///${word}`,
  `/./${word}`,
  `/%2e/${word}`,
  `/../${word}`,
  `/%2e%2e/${word}`,
  `/x/../${word}`,
  `/api/../${word}`,
  `/api/./../${word}`,
  `/api//../${word}`,
  `/api/x/../../${word}`,
  `/api/%2e%2e/${word}`,
  `/api/%2E%2E/${word}`,
  `/api/.%2e/${word}`,
  `/api/..%2f${word}`,
  `/api%2f..%2f${word}`,
  `/api/%252e%252e/${word}`,
  `/api/..%252f${word}`,
  `/api/..\\${word}`,
  `/api\\..\\${word}`,
  `/api/..%5c${word}`,
  `/api/%2e%2e%5c${word}`,
  `/api/\\..\\..\\${word}`,
  `/api/.../${word}`,
  `/api/..;/${word}`,
  `/api/%c0%ae%c0%ae/${word}`,
  `/api/\xc0\xae\xc0\xae/${word}`,
  `/health/../${word}`,
  `/health%2f..%2f${word}`,
  `/health/..%5c${word}`,
  `/assets/../${word}`,
  `/assets/..%2f${word}`,
  `/api/login/../../${word}`,
  `/api/dashboard/stream/../../../${word}`,
  `/${word}/../api/dashboard`,
  `/${word}%2f..%2fapi%2fdashboard`,
  `/${word}%3f/../api/dashboard`,
  `/${word}%23/../api/dashboard`,
  `http://admin.example/${word}`,
  `http://admin.example//${word}`,
  `http://127.0.0.1:8001/${word}`,
  `/API/../${word}`,
  `/@/${word}`,
  `/%00/${word}`,
  `/api/%00/../../${word}`,
  `/api/x\0/../${word}`,
  `/${word}%00`,
  `/${word}\0.html`,
  `/api/\t../${word}`,
  `*`,
  `${word}`,
  `/%`,
  `/%zz/${word}`,
  `/api/${'x'.repeat(20_000)}`,
  `/${'../'.repeat(200)}${word}`,
  `/api/${'%2e%2e/'.repeat(200)}${word}`,
  `/api/${'./'.repeat(2_000)}../${word}`,
]

describe.runIf(requireParts('nginx'))('a path as a client spells it', () => {
  let service: ServiceUnderTest
  let nginx: NginxUnderTest
  beforeAll(async () => {
    service = await startService({ env: { TRUST_PROXY: 'loopback' } })
    nginx = await startNginx({ backendPort: service.port })
    nginx.addUiFile('index.html', '<title>the UI</title>')
  })
  afterAll(async () => {
    await nginx.stop()
    await service[Symbol.asyncDispose]()
  })

  test('the metrics are there, without nginx', async () => {
    expect(await (await service.request('GET /metrics')).text()).toContain('jobtalk_captures_total')
  })

  test.each(spellings('metrics'))('%j shows no metrics', async (path) => {
    const answer = await nginx.sendRaw(path)
    expect(answer).toMatch(/^HTTP\/1\.1 (200|400|401|404|414) /)
    expect(answer).not.toMatch(/jobtalk_|process_resident/)
    if (answer.startsWith('HTTP/1.1 200')) expect(answer).toContain('<title>the UI</title>')
  })

  test('nothing but the API reached the service', async () => {
    await service.stop()
    const requests = service.output.stdout.split('\n').filter((line) => line.includes('"msg":"request"'))
    const paths = requests.slice(1).map((line) => (JSON.parse(line) as { path: string }).path)
    expect(paths.length).toBeGreaterThan(5)
    for (const path of paths) expect(path).toMatch(/^\/api\//)
  })
})
