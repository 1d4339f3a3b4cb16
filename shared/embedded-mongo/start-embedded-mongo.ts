import { chmodSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { runCommand } from './commands/run-command.ts'
import { createCursors } from './cursors.ts'
import type { Engine, EngineLog } from './engine.ts'
import { expireDocuments } from './expire-documents.ts'
import { socketPath } from './socket-path.ts'
import { createCatalog } from './storage/catalog.ts'
import { createDocuments } from './storage/documents.ts'
import { type Database, isDatabaseLocked, openDatabase } from './storage/open-database.ts'
import { serveConnection } from './wire/serve-connection.ts'

/** A running engine. `url` is what MongoDB's driver connects to, from this process and from others of the same user. */
export type EmbeddedMongo = {
  url: string
  /** Removes what TTL indexes have expired and ends idle cursors, as happens by itself every `sweepIntervalMs`. */
  sweep(): void
  /** Ends the connections, closes the file and removes the socket. */
  close(): Promise<void>
}

export type EmbeddedMongoOptions = {
  /** The engine's files lie in `<dataDir>/mongo`, which is made with mode 0700. */
  dataDir: string
  log?: EngineLog
  /** The clock of TTL indexes and `$currentDate`, in milliseconds since the epoch. */
  now?: () => number
  sweepIntervalMs?: number
}

const quiet: EngineLog = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/** Opens the database, or says who holds it: the operating system's lock decides, the file beside it only names the holder. */
const openExclusively = (directory: string, holderFile: string): Database => {
  try {
    return openDatabase(join(directory, 'mongo.sqlite'))
  } catch (error) {
    if (!isDatabaseLocked(error)) throw error
    let holder = 'another process'
    try {
      const { pid, url } = JSON.parse(readFileSync(holderFile, 'utf8')) as { pid: number; url: string }
      holder = `process ${pid}; set MONGO_URL=${url} to share its engine`
    } catch {
      // The holder has not written its file yet.
    }
    throw new Error(`The data directory ${directory} is in use by ${holder}`, { cause: error })
  }
}

const listen = (server: Server, path: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => {
      server.off('error', reject)
      resolve()
    })
  })

const sweepEngine = (engine: Engine): void => {
  try {
    engine.cursors.endIdle()
    expireDocuments(engine)
  } catch (error) {
    engine.catalog.reload()
    engine.log.error({ err: error }, 'embedded mongo: the sweep failed')
  }
}

/**
 * Starts the embedded engine on a Unix socket (mode 0600). Throws when another process uses `dataDir`, naming its pid and the URL by
 * which its engine can be shared. What a killed process left behind (socket, lock, unfinished transaction) does not matter.
 */
export const startEmbeddedMongo = async (options: EmbeddedMongoOptions): Promise<EmbeddedMongo> => {
  const { dataDir, log = quiet, now = Date.now, sweepIntervalMs = 60_000 } = options
  mkdirSync(join(dataDir, 'mongo'), { recursive: true, mode: 0o700 })
  const directory = realpathSync(join(dataDir, 'mongo'))
  const holderFile = join(directory, 'holder.json')
  const database = openExclusively(directory, holderFile)
  const path = socketPath(directory)
  const url = `mongodb://${encodeURIComponent(path)}/?directConnection=true`
  const sockets = new Set<Socket>()
  const catalog = createCatalog(database)
  const engine: Engine = { database, catalog, documents: createDocuments(database, catalog), cursors: createCursors(now), log, now }
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    serveConnection(socket, ({ body }) => runCommand(engine, body), log)
  })
  try {
    rmSync(path, { force: true })
    await listen(server, path)
    chmodSync(path, 0o600)
    writeFileSync(holderFile, JSON.stringify({ pid: process.pid, url }), { mode: 0o600 })
  } catch (error) {
    server.close()
    database.close()
    throw error
  }
  const sweep = (): void => sweepEngine(engine)
  const timer = setInterval(sweep, sweepIntervalMs).unref()
  log.info({ path }, 'embedded mongo: listening')
  let closed: Promise<void> | undefined
  const close = async (): Promise<void> => {
    clearInterval(timer)
    const ended = new Promise<void>((resolve) => server.close(() => resolve()))
    for (const socket of sockets) socket.destroy()
    await ended
    rmSync(holderFile, { force: true })
    database.close()
  }
  return {
    url,
    sweep,
    close: () => {
      closed ??= close()
      return closed
    },
  }
}
