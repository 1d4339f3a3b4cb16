import { globSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { createContext, runInContext } from 'node:vm'
import { build, type Plugin, type Rolldown } from 'vite'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
/** What the UI shares with the server beside types: the schemas that its forms validate with, and their bounds. */
const modules = [
  ...globSync('functions/*/schema.ts', { cwd: root }),
  'shared/settings.ts',
  'shared/partner/connection-schema.ts',
  'shared/new-password.ts',
  'shared/http/describe-issues.ts',
  'shared/snapshot/snapshot.ts',
].sort()
const entry = 'virtual:schemas'

const platform: Plugin = {
  name: 'refuse-platform-modules',
  enforce: 'pre',
  resolveId: (id, importer) => {
    if (id === entry) return id
    if (isBuiltin(id)) throw new Error(`${importer} imports ${id}`)
    return null
  },
  load: (id) =>
    id === entry ? modules.map((path, index) => `export * as module${index} from ${JSON.stringify(join(root, path))}`).join('\n') : null,
}

test('the schemas load in a browser: they need no module and no global of Node', async () => {
  const output = (await build({
    configFile: false,
    logLevel: 'silent',
    plugins: [platform],
    build: {
      write: false,
      minify: false,
      rolldownOptions: { input: entry, preserveEntrySignatures: 'strict', output: { format: 'iife', name: 'schemas' } },
    },
  })) as Rolldown.RolldownOutput
  const code = output.output[0].code
  const loaded = runInContext(`${code}; schemas`, createContext({ URL, TextEncoder, TextDecoder, crypto, atob, btoa })) as Record<
    string,
    object
  >
  for (const [index, path] of modules.entries()) expect(Object.keys(loaded[`module${index}`] ?? {}), path).not.toEqual([])
})
