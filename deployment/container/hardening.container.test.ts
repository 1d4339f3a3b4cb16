import { readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { productImage } from '../testing/images-under-test.ts'
import { type ContainerUnderTest, composeUp, docker } from './container-under-test.ts'

const mb = 1_000_000

let container: ContainerUnderTest
beforeAll(async () => {
  container = await composeUp('dev')
  await container.untilHealthy()
})
afterAll(() => container.down())

test('nothing runs as root, and nothing can become more than it is', async () => {
  const processes = await docker('top', container.id, '-eo', 'user,pid,args')
  expect(processes).toMatch(/supervisord.*\n(.*\n)*.*nginx: master/)
  const owners = processes
    .split('\n')
    .slice(1)
    .map((line) => line.split(/\s/)[0])
  const user = await docker('run', '--rm', '--entrypoint', 'id', productImage, '-u')
  expect(new Set(owners)).toEqual(new Set([user]))
  expect(user).not.toBe('0')
  expect(await container.bash('grep -hE "^(CapEff|CapBnd|NoNewPrivs)" /proc/1/status')).toMatch(
    /^CapEff:\s+0+\nCapBnd:\s+0+\nNoNewPrivs:\s+1$/,
  )
})

test('only the data, /run and /tmp can be written to', async () => {
  const mounts = (await container.bash('cat /proc/mounts')).split('\n').map((line) => line.split(' '))
  expect(mounts.find(([, path]) => path === '/')?.[3]).toMatch(/^ro,/)
  for (const path of ['/', '/app', '/app/ui/dist', '/etc', '/usr/local/bin', '/var/log', '/home'])
    await expect(container.bash(`touch ${path}/x`), path).rejects.toThrow(/Read-only file system|Permission denied/)
  await container.bash('touch /data/x /tmp/x')
})

test('memory, processes, logs and restarts have the limits of the compose file', async () => {
  expect(await container.inspect('.HostConfig')).toMatchObject({
    ReadonlyRootfs: true,
    CapDrop: ['ALL'],
    CapAdd: null,
    Privileged: false,
    SecurityOpt: ['no-new-privileges:true'],
    Memory: 512 * 1024 * 1024,
    PidsLimit: 128,
    LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } },
    RestartPolicy: { Name: 'unless-stopped' },
  })
})

test('the health check asks /health through nginx', async () => {
  await expect.poll(() => container.inspect('.State.Health.Status'), { timeout: 60_000 }).toBe('healthy')
  expect(await container.inspect('.Config.Healthcheck.Test')).toEqual(['CMD', '/app/deployment/container/health-check.sh'])
  expect(await container.logs()).toMatch(/"requestId":"[\da-f]{32}",.*"path":"\/health","status":200,.*"client":"127\.0\.0\.1"/)
})

test('the image holds no compiler, no package that only development needs, no tests and no caches', async () => {
  const files = await container.bash('find / -xdev -not -path "/proc/*" -type f 2>/dev/null || true')
  for (const unwanted of [
    /\/(gcc|cc|g\+\+|make|tsc|vite|vitest|biome)$/m,
    /\/node_modules\/(typescript|vite|vitest|knip|@biomejs)\//,
    /^\/app\/(?!node_modules\/).*\.test\.tsx?$/m,
    /^\/app\/.*under-test/m,
    /^\/app\/(deployment\/(demo|bench|testing)|ui\/(src|tests))\//m,
    /\/(_cacache|\.npm)\//,
    /\/var\/(lib\/apt\/lists|cache\/apt\/archives)\/.*(Packages|\.deb)$/m,
  ])
    expect(files.match(unwanted)?.[0]).toBeUndefined()
})

test('every line that it prints is JSON', async () => {
  await container.request('GET /%00')
  await container.request('GET /api/partners')
  const lines = (await container.logs()).trimEnd().split('\n')
  expect(lines.length).toBeGreaterThan(10)
  for (const line of lines) expect(JSON.parse(line), line).toMatchObject({ level: expect.any(String), time: expect.any(String) })
  expect(lines.join('\n')).toMatch(/"program":"backend","msg":" {2}password {2}\S+"/)
})

test('logs rotate: three files of 10 MB at most', async () => {
  await container.bash(`for i in {1..450}; do printf '{"level":"info","pad":"%0100000d"}\\n' "$i"; done >/proc/1/fd/1`)
  const folder = dirname(await container.inspect<string>('.LogPath'))
  const sizes = () =>
    readdirSync(folder)
      .filter((name) => name.includes('.log'))
      .map((name) => statSync(join(folder, name)).size)
  await expect.poll(() => sizes().length, { timeout: 30_000 }).toBe(3)
  for (const size of sizes()) expect(size).toBeLessThan(10.5 * mb)
})
