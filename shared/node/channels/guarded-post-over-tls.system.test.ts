import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { requireParts } from '../../../deployment/testing/real-part.ts'
import { makeCertificate } from './channels-under-test.ts'
import { createGuardedPost } from './create-guarded-post.ts'

describe.runIf(requireParts('openssl'))('a receiver over TLS', () => {
  let port = 0
  let stop = () => {}
  let certificate = ''
  const received: string[] = []
  const post = createGuardedPost({
    allowPrivate: true,
    now: () => new Date(),
    lookup: (_hostname, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]),
  })
  const send = (host: string) => post({ url: `https://${host}:${port}/`, headers: {}, body: 'a secret' }, new AbortController().signal)

  beforeAll(async () => {
    const { key, cert } = makeCertificate('receiver.example')
    certificate = cert
    const server = createServer({ key, cert }, (request, response) => {
      received.push(request.headers.host ?? '')
      response.end()
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    port = (server.address() as AddressInfo).port
    stop = () => void server.close()
  })
  afterAll(() => stop())

  test('gets nothing while its certificate is not trusted', async () => {
    expect(await send('receiver.example')).toMatchObject({ ok: false, permanent: false, code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
    expect(received).toEqual([])
  })

  test('gets the message once it is, under the name that was asked for and no other', async () => {
    setDefaultCACertificates([...getCACertificates('default'), certificate])
    expect(await send('receiver.example')).toEqual({ ok: true, code: '200' })
    expect(await send('other.example')).toMatchObject({ ok: false, permanent: false, code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
    expect(received).toEqual([`receiver.example:${port}`])
  })
})
