import { isIP } from 'node:net'
import { networkFailure, refuse } from '../../shared/alert/send-failure.ts'
import type { Post } from '../../shared/node/channels/create-guarded-post.ts'
import { isPublicAddress } from '../../shared/node/channels/is-public-address.ts'
import { statusResult } from '../../shared/node/channels/status-result.ts'

const timeoutMs = 10_000

/**
 * Posts by the platform's `fetch`, HTTPS only, without following redirects. Names are resolved by the platform, whose `fetch` reaches public
 * addresses alone; an address in the URL itself is judged here.
 */
export const createFetchPost =
  (options: { allowPrivate: boolean; now: () => Date }): Post =>
  async ({ url, headers, body }, signal) => {
    const target = URL.parse(url)
    const protocols = options.allowPrivate ? ['https:', 'http:'] : ['https:']
    if (!target || !protocols.includes(target.protocol))
      return refuse('invalid-url', `The URL must start with ${protocols.join(' or ')}//.`)
    const host = target.hostname.replace(/^\[|\]$/g, '')
    if (!options.allowPrivate && isIP(host) !== 0 && !isPublicAddress(host))
      return refuse('private-target', 'The URL leads to an address that is not public.')
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
    try {
      const response = await fetch(target, { method: 'POST', headers, body, redirect: 'manual', signal: deadline })
      await response.body?.cancel()
      return statusResult(response.status, response.headers.get('retry-after') ?? undefined, options.now())
    } catch (error) {
      return networkFailure(error, deadline)
    }
  }
