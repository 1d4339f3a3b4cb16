import { readFileSync } from 'node:fs'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'

const [path = '', port = ''] = process.argv.slice(2)
const text = readFileSync(path, 'utf8')
const app = new Hono().get('/', (c) => c.body(text, 200, { 'Content-Type': 'application/json' }))
serve({ fetch: app.fetch, port: Number(port), hostname: '127.0.0.1' })
