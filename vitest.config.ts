import { existsSync, statfsSync } from 'node:fs'
import solid from 'vite-plugin-solid'
import { defineConfig } from 'vitest/config'

const exclude = ['node_modules/**', 'data/**']
/** A folder to which each run adds what it counted, for `.ci/run`. */
const results = process.env['TEST_RESULTS']

/** Real servers on a busy machine miss a deadline now and then: in CI such a test may try twice. */
const retry = process.env['CI'] === 'true' ? 1 : 0

/** Where there is room in memory, the databases of unit tests are there, and none of their commits waits for a disk. */
const memoryDir = '/dev/shm'
const memoryBytes = existsSync(memoryDir) ? statfsSync(memoryDir).bavail * statfsSync(memoryDir).bsize : 0
const env = memoryBytes > 1_000_000_000 ? { TMPDIR: memoryDir } : {}

/** System tests that measure time and memory under load: they have the machine to themselves. */
const measured = [
  'deployment/node/streams.system.test.ts',
  'functions/partners/import/import.system.test.ts',
  'deployment/testing/hostile/*.system.test.ts',
  'deployment/bench/soak.system.test.ts',
]

/** `unit` needs nothing but Node, `ui` a simulated document; `system` starts real servers (sshd, MariaDB) or processes of its own,
 * spends the work that a password or a key is to cost, lives through hours of a fleet, or looks long for a counterexample;
 * `edge` runs suites of `unit` once more, against the Worker in workerd;
 * `deploy` deploys to a stand-in of the server with a real Docker engine and registry. */
export default defineConfig({
  test: {
    ...(results && { reporters: ['default', ['json', { outputFile: `${results}/vitest-${process.pid}.json` }]] }),
    projects: [
      {
        test: {
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: [...exclude, 'ui/**', '**/*.{system,edge,deploy,container}.test.ts'],
          isolate: false,
          maxWorkers: '100%',
          env,
          testTimeout: 30_000,
        },
      },
      {
        plugins: [solid()],
        test: {
          name: 'ui',
          sequence: { groupOrder: 1 },
          maxWorkers: '100%',
          environment: 'jsdom',
          include: ['ui/src/**/*.test.{ts,tsx}'],
          exclude,
          isolate: false,
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'system',
          sequence: { groupOrder: 2 },
          retry,
          include: ['**/*.system.test.ts'],
          exclude: [...exclude, ...measured],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'measured',
          sequence: { groupOrder: 3 },
          retry,
          include: measured,
          exclude,
          fileParallelism: false,
          testTimeout: 240_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'edge',
          sequence: { groupOrder: 4 },
          retry,
          include: [
            'functions/{api,routes,openapi}.test.ts',
            'functions/{users,settings,audit,docs,probe}/*.test.ts',
            'deployment/edge/*.edge.test.ts',
          ],
          // A Worker refuses to encrypt a connection that is open.
          exclude: [...exclude, 'functions/probe/database-tls.system.test.ts'],
          env: { APP_PLATFORM: 'workerd' },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'deploy',
          retry,
          include: ['**/*.deploy.test.ts'],
          exclude,
          globalSetup: 'deployment/testing/images-under-test.ts',
          testTimeout: 300_000,
          hookTimeout: 900_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'container',
          retry,
          include: ['**/*.container.test.ts'],
          exclude,
          globalSetup: 'deployment/testing/images-under-test.ts',
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
})
