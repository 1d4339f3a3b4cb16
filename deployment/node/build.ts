import { readFileSync } from 'node:fs'

const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }

/** What runs: the package's version, and the commit where the image's build names it. */
export const build = { version: manifest.version, revision: process.env['APP_REVISION'] || null }
