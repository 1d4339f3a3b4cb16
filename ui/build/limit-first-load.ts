import { relative } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

/** Fails the build when the chunks that the named modules need at once are larger, compressed with gzip, than `maxBytes`. */
export const limitFirstLoad = ({ maxBytes, entries }: { maxBytes: number; entries: readonly string[] }): Plugin => {
  let root = ''
  return {
    name: 'limit-first-load',
    apply: 'build',
    configResolved: (config) => {
      root = config.root
    },
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((output) => output.type === 'chunk')
      const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]))
      const needed = new Set<string>()
      const need = (fileName: string) => {
        if (needed.has(fileName)) return
        needed.add(fileName)
        for (const imported of byName.get(fileName)?.imports ?? []) need(imported)
      }
      for (const entry of entries) {
        const chunk = chunks.find((each) =>
          each.isEntry ? entry === 'src/main.tsx' : each.moduleIds.some((id) => relative(root, id.split('?')[0] ?? id) === entry),
        )
        if (!chunk) this.error(`No chunk holds ${entry}.`)
        else need(chunk.fileName)
      }
      const bytes = [...needed].reduce((sum, fileName) => sum + gzipSync(byName.get(fileName)?.code ?? '').length, 0)
      const text = `first load: ${(bytes / 1000).toFixed(1)} kB of JavaScript, gzip (at most ${maxBytes / 1000} kB)`
      if (bytes > maxBytes) this.error(text)
      this.info(text)
    },
  }
}
