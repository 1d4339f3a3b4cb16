import { existsSync } from 'node:fs'
import { chromium } from '@playwright/test'

/** Debian's Chromium, else the one that Playwright installed; undefined where there is none. */
export const executablePath = ['/usr/bin/chromium', chromium.executablePath()].find((path) => existsSync(path))

/** Chromium without its sandbox, which root may not have, and without calls to other hosts. */
export const launchOptions = {
  ...(executablePath && { executablePath }),
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
}
