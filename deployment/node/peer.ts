import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import type { Peer } from '../../shared/http/create-app.ts'
import type { TrustedProxies } from '../../shared/node/config.ts'

/** Names the other end of a request's connection, and says whether it is one of the `proxies` whose forwarding headers hold. */
export const peerOf =
  (proxies: TrustedProxies) =>
  (c: Context): Peer => {
    const { incoming } = c.env as HttpBindings
    const address = (incoming.socket.remoteAddress ?? '').replace(/^::ffff:/, '')
    return { address, trusted: proxies.include(address) }
  }
