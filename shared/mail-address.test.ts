import { domainToASCII } from 'node:url'
import { expect, test } from 'vitest'
import { asciiMailAddress, MailAddress } from './mail-address.ts'

test.each([
  ['ops@acme.example', 'ops@acme.example'],
  ['Ops.Team+x@ACME.example', 'Ops.Team+x@acme.example'],
  ['ops@bücher.example', 'ops@xn--bcher-kva.example'],
  ['ops@BÜCHER.example', 'ops@xn--bcher-kva.example'],
  ['ops@例え。テスト', 'ops@xn--r8jz45g.xn--zckzah'],
  ['ops@דוגמה.example', `ops@${domainToASCII('דוגמה.example')}`],
  ['ops@xn--bcher-kva.example', 'ops@xn--bcher-kva.example'],
])('%s goes to %s, and is kept as it was typed', (typed, ascii) => {
  expect(asciiMailAddress(typed)).toBe(ascii)
  expect(MailAddress.parse(` ${typed} `)).toBe(typed)
})

test.each([
  ...[
    '',
    'ops',
    '@acme.example',
    'ops@',
    'ops@acme',
    'ops@@acme.example',
    'büro@acme.example',
    'ops@acme.example\r\nRCPT TO:<x@y.example>',
  ],
  ...['ops@acme.example/x', 'ops@x:25', 'ops@%61cme.example', 'ops@127.1', 'ops@0x7f000001', 'ops@acme\u202E.example', 'a b@acme.example'],
])('%j is no mail address', (text) => {
  expect(asciiMailAddress(text)).toBeNull()
})
