import { Hono } from 'hono'
import { html } from 'hono/html'
import { AppError } from '../../shared/errors.ts'
import type { AppEnv } from '../../shared/http/app-env.ts'

export type DocsDeps = {
  /** The OpenAPI 3.1 document of the functions that are mounted. */
  openApi: () => Promise<object>
  /** A file of the API browser, by name. `null`: it is not there. */
  docsAsset: (name: string) => Promise<Uint8Array<ArrayBuffer> | null>
}

/** The files of the API browser. */
const contentTypes: Readonly<Record<string, string>> = { 'swagger-ui.css': 'text/css', 'swagger-ui-bundle.js': 'text/javascript' }
/** The API browser sets style attributes and draws icons from data URLs; everything else is this host's own. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'"

const page = html`<!doctype html>
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>JobTalk Admin API</title>
      <link rel="icon" href="data:," />
      <link rel="stylesheet" href="/api/docs/swagger-ui.css" />
    </head>
    <body>
      <div id="swagger-ui"></div>
      <script src="/api/docs/swagger-ui-bundle.js"></script>
      <script src="/api/docs/start.js"></script>
    </body>
  </html>`

const startScript = `SwaggerUIBundle({ url: '/api/openapi.json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null })\n`

export const docs = (deps: DocsDeps) =>
  new Hono<AppEnv>()
    .get('/openapi.json', async (c) => c.json(await deps.openApi()))
    .get('/docs', (c) => {
      c.header('Content-Security-Policy', policy)
      return c.html(page)
    })
    .get('/docs/start.js', (c) => c.body(startScript, 200, { 'Content-Type': 'text/javascript' }))
    .get('/docs/:asset', async (c) => {
      const name = c.req.param('asset')
      const contentType = contentTypes[name]
      const asset = contentType ? await deps.docsAsset(name) : null
      if (!contentType || !asset) throw new AppError('not_found', 'There is nothing at this address.')
      c.header('Cache-Control', 'public, max-age=3600')
      return c.body(asset, 200, { 'Content-Type': contentType })
    })
