import { cpSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import getAbsoluteFSPath from 'swagger-ui-dist/absolute-path.js'
import { contentPolicy } from '../../shared/http/create-app.ts'

const folder = join(import.meta.dirname, 'assets')
const root = join(import.meta.dirname, '../..')
const headers = `/*
  Content-Security-Policy: ${contentPolicy}
  X-Content-Type-Options: nosniff
  X-Frame-Options: DENY
  Referrer-Policy: no-referrer
/assets/*
  Cache-Control: public, max-age=31536000, immutable
`

// Cloudflare compresses what it serves: the variants that nginx sends are left out.
rmSync(folder, { recursive: true, force: true })
cpSync(join(root, 'ui/dist'), folder, { recursive: true, filter: (path) => !/\.(br|gz)$/.test(path) })
for (const name of ['swagger-ui.css', 'swagger-ui-bundle.js']) cpSync(join(getAbsoluteFSPath(), name), join(folder, 'api-docs', name))
writeFileSync(join(folder, '_headers'), headers)
