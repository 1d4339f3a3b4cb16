import { globSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { createContext, runInContext } from 'node:vm'
import { build, type Plugin, type Rolldown } from 'vite'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const entry = 'virtual:entry'
/** What a bundle of functions may not hold: Node's modules, drivers, and what is made of them. */
const platformPackages = /^(mongodb|bson|mysql2|ssh2|pino|prom-client|nodemailer|@hono\/node-server)(\/|$)/
const platformFolders = /^(shared\/(node|embedded-mongo)|deployment|ui)\//

const notTests = (path: string) => !/(\.test|-under-test|-until-killed)\.ts$/.test(path)
const functionModules = globSync('functions/**/*.ts', { cwd: root }).filter(notTests).sort()
const sharedModules = globSync('shared/**/*.ts', { cwd: root })
  .filter((path) => notTests(path) && !platformFolders.test(path))
  .sort()

/** Refuses what belongs to a platform, through whichever file it is reached. `extra` are files that do not exist. */
const refusePlatform = (modules: readonly string[], extra: Readonly<Record<string, string>>): Plugin => ({
  name: 'refuse-platform',
  enforce: 'pre',
  resolveId: async function (id, importer) {
    if (id === entry || id in extra) return id
    const from = importer ? relative(root, importer) : ''
    if (isBuiltin(id) || platformPackages.test(id)) throw new Error(`${from} loads ${id}`)
    const resolved = await this.resolve(id, importer, { skipSelf: true })
    const path = resolved ? relative(root, resolved.id) : id
    if (platformFolders.test(path)) throw new Error(`${from} loads ${path}`)
    return resolved
  },
  load: (id) => {
    if (id !== entry) return extra[id] ?? null
    const paths = [...modules.map((path) => join(root, path)), ...Object.keys(extra)]
    return paths.map((path, index) => `export * as module${index} from ${JSON.stringify(path)}`).join('\n')
  },
})

const bundle = async (modules: readonly string[], extra: Readonly<Record<string, string>> = {}): Promise<string> => {
  const built = (await build({
    configFile: false,
    logLevel: 'silent',
    plugins: [refusePlatform(modules, extra)],
    build: {
      write: false,
      minify: false,
      rolldownOptions: {
        input: entry,
        preserveEntrySignatures: 'strict',
        output: { format: 'iife', name: 'bundled', codeSplitting: false },
      },
    },
  })) as Rolldown.RolldownOutput
  return built.output[0].code
}

test('no function and no shared module loads a platform, not even through another file', async () => {
  expect(functionModules).toContain('functions/alerts/handler.ts')
  expect(sharedModules).toContain('shared/errors.ts')
  expect(await bundle([...functionModules, ...sharedModules])).toContain('/api/partners')
})

test.each([
  ['a store', `import { createPartnerStore } from '${root}/shared/node/mongo/partners/partners.ts'`, /loads shared\/node\/mongo/],
  ['a module of Node', `import { readFile } from 'node:fs/promises'`, /loads node:fs\/promises/],
  ['a driver', `import { MongoClient } from 'mongodb'`, /loads mongodb/],
  ['the wiring', `import { wire } from '${root}/deployment/node/wire.ts'`, /loads deployment\/node\/wire.ts/],
])('a function that reaches %s through another file is refused', async (_, line, message) => {
  const name = /\{ (\w+) \}/.exec(line)?.[1]
  const between = { '/between.ts': `${line}\nexport const it = ${name}`, '/function.ts': "export { it } from '/between.ts'" }
  await expect(bundle([], between)).rejects.toThrow(message)
})

test('the embedded engine loads nothing of the product', () => {
  const folder = join(root, 'shared/embedded-mongo')
  for (const path of globSync('**/*.ts', { cwd: folder }).filter(notTests)) {
    const file = join(folder, path)
    for (const [, id = ''] of readFileSync(file, 'utf8').matchAll(/from '([^']+)'/g)) {
      const isOwn = id.startsWith('.') && !relative(folder, join(dirname(file), id)).startsWith('..')
      expect(isOwn || isBuiltin(id) || id === 'bson', `${path} imports ${id}`).toBe(true)
    }
  }
})

test('the schemas load in a browser: they need no global of Node', async () => {
  const modules = [
    ...globSync('functions/**/schema.ts', { cwd: root }),
    'shared/settings.ts',
    'shared/partner/connection-schema.ts',
    'shared/fields.ts',
    'shared/http/describe-issues.ts',
    'shared/snapshot/snapshot.ts',
  ]
  const code = await bundle(modules)
  const loaded = runInContext(`${code}; bundled`, createContext({ URL, TextEncoder, TextDecoder, crypto, atob, btoa })) as Record<
    string,
    object
  >
  for (const [index, path] of modules.entries()) expect(Object.keys(loaded[`module${index}`] ?? {}), path).not.toEqual([])
})
