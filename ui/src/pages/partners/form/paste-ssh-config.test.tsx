import { cleanup, screen } from '@solidjs/testing-library'
import { afterEach, expect, test } from 'vitest'
import { useClient } from '../../../api/api-context.tsx'
import { refusal, showScreen } from '../../../screen-under-test.tsx'
import { SshFields } from './connection-fields.tsx'
import { createPartnerForm, type PartnerFormModel } from './create-partner-form.ts'
import type { HostDraft } from './fill-from-config.ts'

afterEach(cleanup)

const draftOf = (row: number, host: string, jumps: HostDraft['partner']['ssh']['jumps'] = []): HostDraft => ({
  row,
  host,
  partner: { partnerName: host, ssh: { host: `${host}.example`, port: 22, username: 'ops', ...(jumps.length > 0 && { jumps }) } },
  files: { 'ssh.privateKey': [`~/.ssh/${host}`] },
  notes: [`${host}.example: no known host key`],
})
const answerOf = (...drafts: HostDraft[]) => ({ dryRun: true, rows: drafts.length, created: [], errors: [], drafts })

const show = (answer: () => object | Response) => {
  let model: PartnerFormModel | undefined
  const shown = showScreen(
    () => {
      model = createPartnerForm({ client: useClient(), saved: null, onSaved: () => undefined })
      return <SshFields model={model} />
    },
    { routes: { 'POST /api/partners/import': answer } },
  )
  const paste = async (text: string) => {
    await shown.user.click(await screen.findByRole('button', { name: 'Paste from ~/.ssh/config' }))
    await shown.user.click(await screen.findByLabelText('SSH configuration'))
    await shown.user.paste(text)
    await shown.user.click(screen.getByRole('button', { name: 'Read' }))
  }
  return { ...shown, paste, ssh: () => model?.form.values.ssh }
}

test('the only host of a configuration fills in the form at once, with its hops, and says which key it needs', async () => {
  const { paste, sent, ssh } = show(() => answerOf(draftOf(1, 'acme', [{ host: 'bastion.example', port: 2022, username: 'jump' }])))
  await paste('Host acme')
  expect(await screen.findByText('~/.ssh/acme')).toBeTruthy()
  expect(screen.queryByRole('dialog')).toBeNull()
  expect(screen.getByText('acme.example: no known host key')).toBeTruthy()
  expect(ssh()).toMatchObject({ host: 'acme.example', username: 'ops', jumps: [{ host: 'bastion.example', port: '2022' }] })
  expect(sent[0]?.body).toBe('Host acme')
})

test('of several hosts one is chosen', async () => {
  const { paste, user, ssh } = show(() => answerOf(draftOf(1, 'acme'), draftOf(2, 'globex')))
  await paste('Host acme globex')
  await user.click(await screen.findByRole('radio', { name: 'globex' }))
  await user.click(screen.getByRole('button', { name: 'Fill in the form' }))
  expect(await screen.findByText('~/.ssh/globex')).toBeTruthy()
  expect(ssh()).toMatchObject({ host: 'globex.example', jumps: [] })
})

test('a host that cannot be reached as its configuration says is not filled in, nor one that cannot be read', async () => {
  let answer: object | Response = { ...answerOf(draftOf(1, 'acme')), errors: [{ row: 1, path: 'ssh', message: 'line 2: ProxyCommand' }] }
  const { paste, user, ssh } = show(() => answer)
  await paste('Host acme')
  expect((await screen.findByRole('alert')).textContent).toBe('line 2: ProxyCommand')
  expect(screen.getByRole('button', { name: 'Fill in the form' })).toHaveProperty('disabled', true)
  answer = refusal(422, 'line 1: Include')
  await user.click(screen.getByLabelText('SSH configuration'))
  await user.paste('Include x')
  await user.click(screen.getByRole('button', { name: 'Read' }))
  expect((await screen.findByRole('alert')).textContent).toContain('line 1: Include')
  expect(ssh()?.host).toBe('')
})
