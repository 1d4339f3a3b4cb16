import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import { variableNames } from '../shared/node/config.ts'

const root = join(import.meta.dirname, '..')
const files = (...patterns: string[]) => globSync(patterns, { cwd: root, exclude: (name) => name === 'node_modules' || name === 'dist' })
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const all = (text: string, pattern: RegExp) => [...new Set([...text.matchAll(pattern)].map(([, found = '']) => found))]

const documents = files('*.md', 'docs/*.md')
const sources = files(
  '{deployment,functions,shared,ui/src}/**/*.{ts,tsx,sh}',
  '.ci/*',
  '.gitlab-ci.yml',
  '*.yml',
  'Dockerfile',
  '*.config.ts',
)
  .filter((path) => !path.includes('.test.'))
  .filter((path) => !path.endsWith('/mongo-server'))
const variable = /(?<![\w{-])([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b(?!\.md)/g
const known = new Set([...variableNames, ...sources.flatMap((path) => all(read(path), variable))])
const isKnown = (name: string) => known.has(name) || (/_(PROD|DEV)$/.test(name) && known.has(name.replace(/_(PROD|DEV)$/, '')))

const builtByVite = 'ui/dist'
/** Names that lie in the repository's root, or in one of its folders. */
const path =
  /(?<![\w/.$-])((?:\.ci|\.github|deployment|functions|shared|ui|docs)\/[\w./-]*\w|(?:docker-compose|\.env|\.gitlab-ci)\.[\w.-]*(?:yml|example)|Dockerfile)/g
const link = /\]\((?!https?:|#)([^)#\s]+)/g

describe('the documents', () => {
  it('are those that a reader looks for', () => {
    for (const name of ['README.md', 'DEPLOYMENT.md', 'QUICK_START.md', 'DEPLOYMENT_CHECKLIST.md']) expect(documents).toContain(name)
  })

  it.each(documents)('%s names only paths that exist', (document) => {
    const text = read(document)
    const folder = join(root, document, '..')
    expect(all(text, path).filter((name) => !existsSync(join(root, name)) && name !== builtByVite)).toEqual([])
    expect(all(text, link).filter((name) => !existsSync(join(folder, name)))).toEqual([])
  })

  it.each(documents)('%s names only scripts that exist', (document) => {
    const text = read(document)
    const names = [...all(text, /npm run ([\w:-]+)/g), ...all(text, /\bnpm (test|start)\b/g)]
    expect(names.filter((name) => !(name in manifest.scripts))).toEqual([])
  })

  it.each(documents)('%s names only variables that something reads', (document) => {
    expect(all(read(document), variable).filter((name) => !isKnown(name))).toEqual([])
  })

  it.each(files('.env.*.example'))('%s sets only variables that the product reads', (example) => {
    expect(all(read(example), /^(?:# )?([A-Z_]+)=/gm).filter((name) => !variableNames.includes(name))).toEqual([])
  })

  it('link to headings that are there', () => {
    const slug = (heading: string) =>
      heading
        .toLowerCase()
        .replace(/[^\w\s-]/g, '')
        .trim()
        .replace(/\s/g, '-')
    const anchors = (document: string) => all(read(document), /^#+ (.*)$/gm).map(slug)
    for (const document of documents)
      for (const [, target = '', anchor = ''] of read(document).matchAll(/\]\(((?!https?:)[^)#\s]*)#([^)\s]+)\)/g))
        expect(anchors(target === '' ? document : join(document, '..', target)), `${document}: ${target}#${anchor}`).toContain(anchor)
  })
})
