import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { readConfig } from '../../shared/node/config.ts'
import { nginxProxies } from '../node/nginx-proxies.ts'
import { findFreePort, startDaemon, stopDaemon } from '../testing/daemon.ts'
import { programPath } from '../testing/real-part.ts'

const source = join(import.meta.dirname, '../nginx.conf')

/** The container's nginx with its own configuration; only where it listens, reads and writes is another place. */
export const startNginx = async ({ backendPort, trustProxy = '' }: { backendPort: number; trustProxy?: string }) => {
  const folder = mkdtempSync(join(tmpdir(), 'nginx-'))
  const port = await findFreePort()
  const file = (path: string, content: string | Buffer) => writeFileSync(join(folder, path), content)
  mkdirSync(join(folder, 'ui/assets'), { recursive: true })
  const configuration = readFileSync(source, 'utf8')
    .replaceAll('/tmp/', `${folder}/`)
    .replace('/app/ui/dist', join(folder, 'ui'))
    .replace('/dev/stdout', join(folder, 'access.log'))
    .replace('listen 8080', `listen 127.0.0.1:${port}`)
    .replace('127.0.0.1:8001', `127.0.0.1:${backendPort}`)
  file('../nginx.conf', configuration)
  file('nginx-trusted-proxies.conf', nginxProxies(readConfig({ TRUST_PROXY: trustProxy, DATA_DIR: folder }).TRUST_PROXY.networks))
  const daemon = await startDaemon(
    programPath('nginx'),
    ['-c', join(folder, '../nginx.conf'), '-g', `daemon off; user ${userInfo().username};`],
    port,
  )
  return {
    port,
    addUiFile: (path: string, content: string | Buffer) => file(join('ui', path), content),
    readAccessLog: () =>
      readFileSync(join(folder, 'access.log'), 'utf8')
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    fetch: (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${port}${path}`, init),
    /** Sends a request with the path as it is, byte by byte, and returns the whole answer. */
    sendRaw: async (path: string, headers = ''): Promise<string> => {
      const socket = connect(port, '127.0.0.1')
      socket.write(Buffer.from(`GET ${path} HTTP/1.1\r\nHost: admin.example\r\nConnection: close\r\n${headers}\r\n`, 'latin1'))
      return text(socket)
    },
    stop: async () => {
      await stopDaemon(daemon)
      rmSync(folder, { recursive: true })
    },
  }
}

export type NginxUnderTest = Awaited<ReturnType<typeof startNginx>>
