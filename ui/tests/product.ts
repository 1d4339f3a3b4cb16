import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, type Page } from '@playwright/test'
import { startDemoFleet } from '../../deployment/demo/fleet.ts'
import { startSimulatedPartner } from '../../deployment/demo/simulated-partner.ts'
import type { WorkloadProfileName } from '../../deployment/demo/workload-profiles.ts'
import { type Service, serve } from '../../deployment/node/serve.ts'
import { readConfig } from '../../shared/node/config.ts'
import { createLog } from '../../shared/node/log.ts'

const adminPassword = 'gannet-3-orchard'
const viewerPassword = 'plover-5-window'

/** The service as its users have it, on a port and a data directory of its own. */
const startProduct = async (captureIntervalSeconds: number) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'jobtalk-browser-'))
  const start = (env: Record<string, string> = {}) => {
    const config = readConfig({ DATA_DIR: dataDir, PORT: '0', ADMIN_PASSWORD: adminPassword, ALLOW_PRIVATE_WEBHOOKS: 'true', ...env })
    return serve(config, createLog({ level: 'silent', secrets: config.secrets }))
  }
  let service: Service = await start()
  const { port } = service
  const origin = `http://127.0.0.1:${port}`
  const ends: (() => Promise<unknown>)[] = []

  const send = async <Answer>(route: string, body: unknown, headers: Record<string, string>): Promise<Answer> => {
    const [method = 'GET', path = '/'] = route.split(' ')
    const response = await fetch(`${origin}${path}`, {
      method,
      headers: { 'Content-Type': 'application/json', ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`${route} answered ${response.status}: ${await response.text()}`)
    return (response.status === 204 ? undefined : await response.json()) as Answer
  }
  /** A request of the admin: `api('POST /api/partners', body)`. */
  const api = async <Answer>(route: string, body?: unknown): Promise<Answer> => {
    const { accessToken } = await send<{ accessToken: string }>('POST /api/login', { username: 'admin', password: adminPassword }, {})
    return send<Answer>(route, body, { Authorization: `Bearer ${accessToken}` })
  }
  await api('PUT /api/settings', { captureIntervalSeconds })

  return {
    origin,
    api,
    adminPassword,
    viewerPassword,
    /** A partner that lives on loopback, not yet known to the service; `creation` is the body for `POST /api/partners`. */
    startPartner: async (name: string, profile: WorkloadProfileName = 'steady') => {
      const partner = await startSimulatedPartner({ name, profile, seed: 1, now: Date.now })
      ends.push(partner.stop)
      const { ssh, db } = partner
      const creation = {
        partnerName: name,
        db,
        ssh: { host: ssh.host, port: ssh.port, username: ssh.username, password: ssh.password, hostKeySha256: ssh.hostKeySha256 },
      }
      return { ...partner, creation }
    },
    /** The demo's six partners, all of them created. */
    startFleet: async () => {
      const fleet = await startDemoFleet({ now: Date.now })
      ends.push(fleet.stop)
      for (const creation of fleet.creations) await api('POST /api/partners', creation)
      return fleet
    },
    createViewer: () => api('POST /api/users', { username: 'viewer', password: viewerPassword, role: 'VIEWER' }),
    /** Ends the service and starts it again on the same port and data. */
    restart: async (env: Record<string, string> = {}) => {
      await service.stop()
      service = await start({ PORT: String(port), ...env })
    },
    stop: () => service.stop(),
    end: async () => {
      await service.stop()
      await Promise.all(ends.map((end) => end()))
      rmSync(dataDir, { recursive: true })
    },
  }
}

export type Product = Awaited<ReturnType<typeof startProduct>>

type Fixtures = {
  /** Seconds between captures. */
  captureIntervalSeconds: number
  product: Product
  /** The page, signed in as the admin, not yet on any screen. */
  adminPage: Page
}

/** Signs the page's browser in without the form: the session's cookie is there when the first screen is opened. */
export const signIn = async (page: Page, product: Product, as: 'admin' | 'viewer' = 'admin'): Promise<void> => {
  const password = as === 'admin' ? product.adminPassword : product.viewerPassword
  const response = await page.request.post(`${product.origin}/api/login`, { data: { username: as, password } })
  if (!response.ok()) throw new Error(`sign-in answered ${response.status()}`)
}

/** A test with a service of its own. `page.goto('/')` opens it. */
export const test = base.extend<Fixtures>({
  captureIntervalSeconds: [5, { option: true }],
  product: async ({ captureIntervalSeconds }, use) => {
    const product = await startProduct(captureIntervalSeconds)
    await use(product)
    await product.end()
  },
  baseURL: async ({ product }, use) => use(product.origin),
  adminPage: async ({ page, product }, use) => {
    await signIn(page, product)
    await use(page)
  },
})

export { expect } from '@playwright/test'
