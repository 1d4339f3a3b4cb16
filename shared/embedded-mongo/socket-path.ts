import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'

/** Linux allows 107 bytes in a Unix socket's path, macOS 103. */
const MAX_PATH_BYTES = 103

/** The socket's path in `directory`; where that is too long, in a directory of the user's own (mode 0700) for temporary files. Throws when others can reach that. */
export const socketPath = (directory: string): string => {
  const path = join(directory, 'mongo.sock')
  if (Buffer.byteLength(path) <= MAX_PATH_BYTES) return path
  const { uid } = userInfo()
  const short = join(tmpdir(), `jobtalk-${uid}`)
  mkdirSync(short, { recursive: true, mode: 0o700 })
  const found = lstatSync(short)
  const isOwn = found.isDirectory() && found.uid === uid && (found.mode & 0o077) === 0
  if (!isOwn) throw new Error(`${short} is open to others; use a data directory with a shorter path`)
  return join(short, `${createHash('sha256').update(directory).digest('hex').slice(0, 24)}.sock`)
}
