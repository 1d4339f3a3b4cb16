import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { getMimeType } from 'hono/utils/mime'

/** A file of the UI's build with its compressed forms. */
export type UiFile = {
  type: string
  etag: string
  bodies: { identity: Uint8Array<ArrayBuffer>; br?: Uint8Array<ArrayBuffer>; gzip?: Uint8Array<ArrayBuffer> }
}

const compressed = { '.br': 'br', '.gz': 'gzip' } as const

/** Reads the UI's build: its files by their paths (`/index.html`), without those that begin with a dot. Empty when it was not built. */
export const readUi = async (folder: string): Promise<ReadonlyMap<string, UiFile>> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length).replaceAll(sep, '/'))
    .filter((path) => !path.includes('/.'))
  const contents = new Map(
    await Promise.all(paths.map(async (path) => [path, new Uint8Array(await readFile(join(folder, path)))] as const)),
  )
  const files = new Map<string, UiFile>()
  for (const [path, identity] of contents) {
    if (Object.keys(compressed).some((suffix) => path.endsWith(suffix))) continue
    const bodies: UiFile['bodies'] = { identity }
    for (const [suffix, coding] of Object.entries(compressed)) {
      const body = contents.get(`${path}${suffix}`)
      if (body) bodies[coding] = body
    }
    const etag = `W/"${createHash('sha256').update(identity).digest('base64url').slice(0, 22)}"`
    files.set(path, { type: getMimeType(path) ?? 'application/octet-stream', etag, bodies })
  }
  return files
}
