import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'

const root = join(import.meta.dirname, '..')
type Report = { diagnostics: { severity: string; category: string; message: string }[] }

/** What Biome says of a file with this text in a function's folder: how bad, which rule, and its message. */
const lint = async (text: string, name = 'handler.ts'): Promise<string[]> => {
  const folder = mkdtempSync(join(root, 'functions', 'lint-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, name), text)
  const args = ['lint', '--reporter=json', relative(root, join(folder, name))]
  const run = promisify(execFile)(join(root, 'node_modules/.bin/biome'), args, { cwd: root })
  const { stdout } = await run.catch((error: { stdout: string }) => error)
  rmSync(folder, { recursive: true })
  return (JSON.parse(stdout) as Report).diagnostics.map(({ severity, category, message }) => `${severity} ${category} ${message}`)
}

test.each([
  ["import { MongoClient } from 'mongodb'\nexport const it = MongoClient", /^error .*noRestrictedImports.*takes its store as a dependency/],
  ["import { createConnection } from 'mysql2/promise'\nexport const it = createConnection", /^error .*noRestrictedImports/],
  ["import { Client } from 'ssh2'\nexport const it = Client", /^error .*noRestrictedImports/],
  ["import { readFileSync } from 'node:fs'\nexport const it = readFileSync", /^error .*noRestrictedImports.*no Node modules/],
  ["import { readFile } from 'node:fs/promises'\nexport const it = readFile", /^error .*noRestrictedImports.*no Node modules/],
  ["import { readFileSync } from 'fs'\nexport const it = readFileSync", /^error .*useNodejsImportProtocol/],
  ["import { login } from '../login/handler.ts'\nexport const it = login", /^error .*noRestrictedImports.*sibling function/],
  ["import { wire } from '../../deployment/node/wire.ts'\nexport const it = wire", /^error .*noRestrictedImports.*where they run/],
  ["export const it = process.env['PORT']", /^error .*noRestrictedGlobals.*process/],
  ["export const it = Buffer.from('a')", /^error .*noRestrictedGlobals.*Buffer/],
])('a function may not: %s', async (text, message) => {
  const broken = await lint(`${text}\n`)
  expect(broken).toHaveLength(1)
  expect(broken[0]).toMatch(message)
})

test('a function may import its own files, shared/ and Hono, and its tests may import anything', async () => {
  const allowed = "import { Hono } from 'hono'\nimport { AppError } from '../../shared/errors.ts'\nimport { own } from './own.ts'\n"
  expect(await lint(`${allowed}export const it = [Hono, AppError, own]\n`)).toEqual([])
  expect(await lint("import { MongoClient } from 'mongodb'\nexport const it = [MongoClient, process.pid]\n", 'it.test.ts')).toEqual([])
})
