import { createServer, type LookupFunction } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { findFreePort } from '../../../deployment/testing/daemon.ts'
import { everywhere } from '../../reach/reach-target.ts'
import { openSocket, whenConnected } from './open-socket.ts'

const answering =
  (...addresses: string[]): LookupFunction =>
  (_hostname, _options, callback) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )

const listen = async () => {
  const port = await findFreePort()
  let connections = 0
  const server = createServer((socket) => {
    connections++
    socket.on('error', () => {}).destroy()
  })
  await new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { port, connections: () => connections }
}

const open = async (host: string, port: number, networks: readonly string[], lookup?: LookupFunction | null) => {
  const socket = openSocket({ host, port }, { networks, lookup })
  onTestFinished(() => void socket.destroy())
  await whenConnected(socket)
  return socket.remoteAddress
}

test('a name is judged by the addresses that it has, and of those only the allowed ones are connected to', async () => {
  const { port } = await listen()
  const both = answering('169.254.169.254', '127.0.0.1')
  expect(await open('partner.example', port, everywhere, both)).toBe('127.0.0.1')
  expect(await open('partner.example', port, ['127.0.0.0/8'], answering('::1', '127.0.0.1'))).toBe('127.0.0.1')
})

test.each([
  ['by its address', '127.0.0.1', undefined],
  ['by a name', 'partner.example', answering('127.0.0.1')],
  ['by another way to write its address', '2130706433', undefined],
])('a host outside of the allowed networks, given %s, is not connected to', async (_how, host, lookup) => {
  const { port, connections } = await listen()
  await expect(open(host, port, ['203.0.113.0/24'], lookup)).rejects.toMatchObject({
    reason: 'address-forbidden',
    message: `The settings allow no partner at ${host}.`,
  })
  expect(connections()).toBe(0)
})

test('where the platform does not tell what a name leads to, a name is not enough for a limit', async () => {
  const { port, connections } = await listen()
  await expect(open('localhost', port, ['127.0.0.0/8', '::1/128'], null)).rejects.toMatchObject({ reason: 'address-forbidden' })
  expect(connections()).toBe(0)
  expect(await open('localhost', port, everywhere, null)).toBe('127.0.0.1')
  expect(await open('127.0.0.1', port, ['127.0.0.0/8'], null)).toBe('127.0.0.1')
})

test('a name that does not exist is told as such', async () => {
  const lookup: LookupFunction = (_hostname, _options, callback) =>
    callback(Object.assign(new Error('no such name'), { code: 'ENOTFOUND', syscall: 'getaddrinfo' }), [])
  await expect(open('nowhere.example', 1, everywhere, lookup)).rejects.toMatchObject({ reason: 'dns' })
})
