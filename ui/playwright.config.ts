import { defineConfig } from '@playwright/test'
import { executablePath, launchOptions } from './launch-options.ts'

if (!executablePath) {
  const reason = 'not installed: chromium'
  if (process.env['CI'] === 'true') throw new Error(reason)
  console.warn(`skipped: ${reason}`)
}

/** A folder to which each run adds what it counted, for `.ci/run`. */
const results = process.env['TEST_RESULTS']

/** Browser tests: the production build of the UI in Chromium, against the real service and simulated partners. */
export default defineConfig({
  testDir: 'tests',
  outputDir: '../.tmp/browser-tests',
  ...(executablePath ? {} : { testIgnore: '**' }),
  workers: 2,
  retries: process.env['CI'] === 'true' ? 1 : 0,
  fullyParallel: true,
  forbidOnly: process.env['CI'] === 'true',
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [['list'], ...(results ? [['json', { outputFile: `${results}/playwright.json` }] as const] : [])],
  use: {
    browserName: 'chromium',
    viewport: { width: 1440, height: 900 },
    locale: 'en-US',
    timezoneId: 'America/New_York',
    trace: 'retain-on-failure',
    launchOptions,
  },
})
