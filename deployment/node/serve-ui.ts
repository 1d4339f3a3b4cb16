import { type Context, Hono } from 'hono'
import { parseAccept } from 'hono/utils/accept'
import type { AppEnv } from '../../shared/http/app-env.ts'
import type { UiFile } from './read-ui.ts'

const notBuilt = 'The UI is not built. Build it with: npm run build\n'
const serverPaths = /^\/(api|health|metrics)(\/|$)/

/** The compressed form that the client takes, the smaller one first. */
const codingOf = (header: string, { bodies }: UiFile): 'br' | 'gzip' | 'identity' => {
  const accepted = parseAccept(header.toLowerCase()).flatMap(({ type, q }) => (q > 0 ? [type] : []))
  return (['br', 'gzip'] as const).find((coding) => accepted.includes(coding) && bodies[coding]) ?? 'identity'
}

const send = (c: Context<AppEnv>, path: string, file: UiFile) => {
  c.header('ETag', file.etag)
  c.header('Vary', 'Accept-Encoding')
  c.header('Cache-Control', path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache')
  const known = c.req.header('if-none-match')?.split(',') ?? []
  if (known.some((tag) => tag.trim() === file.etag || tag.trim() === '*')) return c.body(null, 304)
  const coding = codingOf(c.req.header('accept-encoding') ?? '', file)
  const body = file.bodies[coding] ?? file.bodies.identity
  if (coding !== 'identity') c.header('Content-Encoding', coding)
  return c.body(body, 200, { 'Content-Type': file.type, 'Content-Length': String(body.byteLength) })
}

/** The UI: its files by name alone, and its page for every other address that is not the server's own and names no file. */
export const serveUi = (files: ReadonlyMap<string, UiFile>) =>
  new Hono<AppEnv>().get('*', (c) => {
    const { path } = c.req
    if (serverPaths.test(path)) return c.notFound()
    const index = files.get('/index.html')
    if (!index) return path === '/' ? c.text(notBuilt, 404) : c.notFound()
    const file = files.get(path)
    if (file) return send(c, path, file)
    return path.includes('.') || path.startsWith('/assets/') ? c.notFound() : send(c, path, index)
  })
