import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from '@playwright/test'
import { launchOptions } from './launch-options.ts'

const root = join(import.meta.dirname, '..')
const folder = join(root, 'docs/screenshots')
const sizes = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } }
const themes = ['light', 'dark'] as const
const startTimeoutMs = 60_000
/** So long the demo runs first, so that there is a history and something fires. */
const livedMs = Number(process.argv[2] ?? 300) * 1_000

const sshConfig = `Host acme
  HostName db.acme.example
  User ops
  ProxyJump bastion.acme.example
  IdentityFile ~/.ssh/acme
Host bastion.acme.example
  User jump
  IdentityFile ~/.ssh/jump
db.acme.example ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMBq4oC3HPAjOtKqHcfDkKSe5Jx1W9ZY0SN1fJtF3mQk
bastion.acme.example ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ9vQ2zG6jC1mJ7uYh0pW3eXb5dLr8sTfK4nVaBcDeFg
`

const pasteConfig = async (page: Page) => {
  await page.getByRole('button', { name: 'Paste from ~/.ssh/config' }).click()
  await page.getByLabel('SSH configuration').fill(sshConfig)
  await page.getByRole('button', { name: 'Read' }).click()
  await page.getByRole('status').getByText('Filled in from').waitFor()
}

type Screen = { name: string; path: (partnerId: string) => string; heading: string; prepare?: (page: Page) => Promise<void> }
const screens: Screen[] = [
  { name: 'dashboard', path: () => '/', heading: 'Dashboard' },
  { name: 'partner', path: (id) => `/partners/${id}?range=1h`, heading: 'Summit Logistics' },
  { name: 'partners', path: () => '/partners', heading: 'Partners' },
  { name: 'partner-form', path: () => '/partners/new', heading: 'New partner', prepare: pasteConfig },
  { name: 'alerts', path: () => '/alerts/firing', heading: 'Alerts' },
  { name: 'settings', path: () => '/settings/operation', heading: 'Settings' },
]

const startDemo = async () => {
  const child = spawn(process.execPath, ['deployment/demo/demo.ts', '--port', '0'], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  const signal = AbortSignal.timeout(startTimeoutMs)
  for (;;) {
    const [chunk] = await once(child.stdout, 'data', { signal })
    text += chunk
    const origin = /http:\/\/localhost:\d+/.exec(text)?.[0]
    const password = /admin \/ (\S+)/.exec(text)?.[1]
    if (!origin || !password) continue
    child.stdout.resume()
    const stop = async () => {
      child.kill()
      await once(child, 'exit')
    }
    return { origin, password, stop }
  }
}

const shoot = async (page: Page, origin: string, partnerId: string, suffix: string) => {
  for (const { name, path, heading, prepare } of screens) {
    await page.goto(`${origin}${path(partnerId)}`)
    await page.getByRole('heading', { level: 1, name: heading }).waitFor()
    await page.waitForFunction(() => !document.querySelector('.animate-pulse'))
    await prepare?.(page)
    await page.screenshot({ path: join(folder, `${name}-${suffix}.png`), fullPage: prepare !== undefined })
  }
}

const shootAll = async (browser: Browser, { origin, password }: { origin: string; password: string }) => {
  for (const [size, viewport] of Object.entries(sizes))
    for (const theme of themes) {
      const context = await browser.newContext({ viewport, colorScheme: theme, locale: 'en-US', reducedMotion: 'reduce' })
      const answer = await context.request.post(`${origin}/api/login`, { data: { username: 'admin', password } })
      const { accessToken } = (await answer.json()) as { accessToken: string }
      const partners = await context.request.get(`${origin}/api/partners`, { headers: { Authorization: `Bearer ${accessToken}` } })
      const list = (await partners.json()) as { id: string; partnerName: string }[]
      const partnerId = list.find(({ partnerName }) => partnerName === 'Summit Logistics')?.id ?? ''
      await shoot(await context.newPage(), origin, partnerId, `${size}-${theme}`)
      await context.close()
    }
}

mkdirSync(folder, { recursive: true })
const demo = await startDemo()
const browser = await chromium.launch(launchOptions)
try {
  await new Promise((resolve) => setTimeout(resolve, livedMs))
  await shootAll(browser, demo)
} finally {
  await browser.close()
  await demo.stop()
}
