import { cleanup, render, screen, within } from '@solidjs/testing-library'
import { userEvent } from '@testing-library/user-event'
import { afterEach, expect, test } from 'vitest'
import { createClient } from '../../../api/client.ts'
import { DatabaseFields, SshFields } from './connection-fields.tsx'
import { createPartnerForm, type PartnerFormModel } from './create-partner-form.ts'
import { newLoginValues } from './partner-values.ts'
import { ProbeBeforeSaving } from './probe-before-saving.tsx'

afterEach(cleanup)

type Sent = { url: string; body: unknown }

/** The fields over a client that keeps what it sends and answers with what the test says. */
const show = (answers: (url: string) => Response = () => Response.json({ id: 'p1' }, { status: 201 })) => {
  const sent: Sent[] = []
  let model: PartnerFormModel | undefined
  const client = createClient(async (input, init) => {
    const url = String(input)
    sent.push({ url, body: JSON.parse(String(init?.body)) })
    return answers(url)
  })
  render(() => {
    model = createPartnerForm({ client, saved: null, onSaved: () => undefined })
    return (
      <>
        <DatabaseFields model={model} />
        <SshFields model={model} />
        <ProbeBeforeSaving model={model} />
      </>
    )
  })
  if (!model) throw new Error('Nothing was rendered.')
  return { sent, model, user: userEvent.setup() }
}

test('shows the fields of SSH, and of a key or a password, only where they matter', async () => {
  const { user } = show()
  expect(screen.getByLabelText('Private key')).toBeTruthy()
  expect(screen.queryByLabelText('SSH password')).toBeNull()
  expect(screen.queryByLabelText('Fingerprint')).toBeNull()

  await user.click(screen.getByRole('radio', { name: 'A password' }))
  expect(screen.getByLabelText('SSH password')).toBeTruthy()
  expect(screen.queryByLabelText('Private key')).toBeNull()
  expect(screen.queryByLabelText('Passphrase')).toBeNull()

  await user.click(screen.getByRole('radio', { name: 'A key and a password' }))
  for (const label of ['Private key', 'Certificate', 'SSH password']) expect(screen.getByLabelText(label)).toBeTruthy()

  await user.click(screen.getByRole('radio', { name: 'I know its certificate authority' }))
  for (const label of ['Certificate authorities', 'Revoked keys']) expect(screen.getByLabelText(label)).toBeTruthy()
  await user.click(screen.getByRole('radio', { name: 'I know its fingerprint' }))
  expect(screen.getByLabelText('Fingerprint')).toBeTruthy()

  await user.click(screen.getByRole('checkbox', { name: 'Reach the database through SSH' }))
  for (const label of ['SSH host', 'SSH user', 'SSH password', 'Fingerprint']) expect(screen.queryByLabelText(label)).toBeNull()
})

test('without SSH the connection is encrypted, until somebody ticks that it is not to be', async () => {
  const { user, model } = show()
  const modeNow = () => model.form.values.db.tls
  expect(screen.queryByLabelText('Connect without encryption')).toBeNull()
  expect(modeNow()).toBe('off')
  await user.click(screen.getByRole('checkbox', { name: 'Reach the database through SSH' }))
  expect(modeNow()).toBe('required')
  await user.click(screen.getByRole('checkbox', { name: 'Connect without encryption' }))
  expect(modeNow()).toBe('off')
  expect(screen.queryByLabelText('Client certificate')).toBeNull()
  await user.click(screen.getByRole('checkbox', { name: 'Connect without encryption' }))
  expect(screen.getByLabelText('Client certificate')).toBeTruthy()
  expect(screen.queryByLabelText('CA certificate')).toBeNull()
  model.form.setValues('db', 'tls', 'verify-full')
  expect(screen.getByLabelText('CA certificate')).toBeTruthy()
})

test('a probe of an incomplete connection says what is missing and sends nothing', async () => {
  const { user, sent } = show()
  await user.click(screen.getByRole('button', { name: 'Probe' }))
  expect(screen.getByLabelText('SSH host').getAttribute('aria-invalid')).toBe('true')
  expect(screen.getByLabelText('Database').getAttribute('aria-invalid')).toBe('true')
  expect(sent).toEqual([])
})

test('trusting the key that a probe shows pins its fingerprint and probes again', async () => {
  const hostKey = { type: 'ssh-ed25519', sha256: `SHA256:${'k'.repeat(43)}` }
  const unknown = {
    ...{ ok: false, reason: 'host-key-unknown', stage: 'host-key', message: 'The key is not known.', responseTimeMs: 9 },
    ...{ stages: [{ stage: 'ssh-connect', ok: true, ms: 3 }], hostKey, expectedHostKeySha256: null, rights: { missing: [] }, cost: null },
  }
  const { user, sent } = show(() => Response.json(unknown))
  for (const [label, text] of [
    ['Database', 'acme'],
    ['User', 'reader'],
    ['SSH host', 'acme.example'],
    ['SSH user', 'ops'],
    ['Private key', 'a key'],
  ] as const)
    await user.type(screen.getByLabelText(label), text)
  await user.click(screen.getByRole('button', { name: 'Probe' }))
  await user.click(await screen.findByRole('button', { name: 'It is the same: trust this key' }))

  expect(screen.getByRole<HTMLInputElement>('radio', { name: 'I know its fingerprint' }).checked).toBe(true)
  expect(screen.getByLabelText<HTMLInputElement>('Fingerprint').value).toBe(hostKey.sha256)
  expect(sent.map(({ url }) => url)).toEqual(['/api/probe', '/api/probe'])
  expect(sent[1]?.body).toMatchObject({ ssh: { host: 'acme.example', privateKey: 'a key', hostKeySha256: hostKey.sha256 } })
})

test('what the server refuses of a probe shows at its field', async () => {
  const issues = [{ path: 'ssh.privateKey', message: 'is not a private key' }]
  const error = { code: 'invalid', message: 'ssh.privateKey: is not a private key', requestId: 'r1', issues }
  const { user, model } = show(() => Response.json({ error }, { status: 422 }))
  model.form.setValues('db', { name: 'acme', username: 'reader' })
  model.form.setValues('ssh', { host: 'acme.example', username: 'ops', privateKey: { text: 'no key', isCleared: false } })
  await user.click(screen.getByRole('button', { name: 'Probe' }))
  expect(await screen.findByText('is not a private key')).toBeTruthy()
  expect(screen.getByLabelText('Private key').getAttribute('aria-invalid')).toBe('true')
})

test('hops are added, moved and removed, at most three, each with a login and a host key of its own', async () => {
  const { user, model } = show()
  const add = () => screen.getByRole('button', { name: 'Add a hop' })
  for (const host of ['one', 'two', 'three']) {
    await user.click(add())
    const hops = screen.getAllByRole('group', { name: /^Hop \d$/ })
    await user.type(within(hops.at(-1)!).getByLabelText('SSH host'), `${host}.example`)
  }
  expect(screen.queryByRole('button', { name: 'Add a hop' })).toBeNull()
  const hosts = () => model.form.values.ssh.jumps.map(({ host }) => host)
  await user.click(screen.getByRole('button', { name: 'Move hop 3 up' }))
  expect(hosts()).toEqual(['one.example', 'three.example', 'two.example'])
  await user.click(screen.getByRole('button', { name: 'Move hop 1 down' }))
  await user.click(screen.getByRole('button', { name: 'Remove hop 3' }))
  expect(hosts()).toEqual(['three.example', 'one.example'])

  const second = within(screen.getByRole('group', { name: 'Hop 2' }))
  await user.click(second.getByRole('radio', { name: 'A password' }))
  await user.type(second.getByLabelText('SSH password'), 'secret')
  await user.click(second.getByRole('radio', { name: 'Trust the first key' }))
  expect(model.form.values.ssh).toMatchObject({
    signIn: 'key',
    trust: 'ask',
    jumps: [
      { signIn: 'key', trust: 'ask' },
      { signIn: 'password', password: { text: 'secret' }, trust: 'first-use' },
    ],
  })
  await user.click(screen.getByRole('button', { name: 'Probe' }))
  expect(
    within(screen.getByRole('group', { name: 'Hop 1' }))
      .getByLabelText('Private key')
      .getAttribute('aria-invalid'),
  ).toBe('true')
})

test('the key of a hop that a probe shows is pinned at that hop', async () => {
  const hostKey = { type: 'ssh-ed25519', sha256: `SHA256:${'k'.repeat(43)}` }
  const hop = { number: 1, of: 1, host: 'bastion.example' }
  const unknown = {
    ...{ ok: false, reason: 'host-key-unknown', stage: 'host-key', hop, message: 'The key is not known.', responseTimeMs: 9 },
    ...{ stages: [{ stage: 'ssh-connect', hop, ok: true, ms: 3 }], hostKey, jumpKeys: [], expectedHostKeySha256: null },
  }
  const { user, model, sent } = show(() => Response.json(unknown))
  model.form.setValues('db', { name: 'acme', username: 'reader' })
  const login = { username: 'ops', privateKey: { text: 'key', isCleared: false } }
  model.form.setValues('ssh', { host: 'acme.example', ...login, jumps: [{ ...newLoginValues(), ...login, host: 'bastion.example' }] })
  await user.click(screen.getByRole('button', { name: 'Probe' }))
  expect(await screen.findByText('SSH connection (hop 1 of 1: bastion.example)')).toBeTruthy()
  expect(screen.getByRole('heading', { name: 'Is this the key of bastion.example?' })).toBeTruthy()
  await user.click(screen.getByRole('button', { name: 'It is the same: trust this key' }))
  expect(model.form.values.ssh).toMatchObject({ trust: 'ask', jumps: [{ trust: 'pin', hostKeySha256: hostKey.sha256 }] })
  expect(sent[1]?.body).toMatchObject({ ssh: { jumps: [{ host: 'bastion.example', hostKeySha256: hostKey.sha256 }] } })
})
