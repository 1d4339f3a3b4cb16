import { createRoot } from 'solid-js'
import { expect, test } from 'vitest'
import { createClient } from '../../../api/client.ts'
import { createPartnerForm } from './create-partner-form.ts'
import { describeChanges } from './describe-changes.ts'
import { type SavedPartner, valuesOfPartner } from './partner-values.ts'

const noTls = { tls: 'off' as const, tlsCa: null, tlsCertificate: null, hasTlsKey: false }
const saved: SavedPartner = {
  id: 'p1',
  partnerName: 'Acme',
  tenantId: 0,
  timezone: 'UTC',
  isActive: true,
  priority: 4,
  concurrencyLimit: 10,
  maxConcurrency: 50,
  pauseNonPriorityCampaigns: false,
  version: 1,
  db: { type: 'mysql', host: '10.0.0.5', port: 3306, name: 'acme', username: 'reader', hasPassword: true, ...noTls },
  ssh: {
    ...{ enabled: false, host: '', port: 22, username: '', hostKey: null, trustOnFirstUse: false, certificate: null },
    ...{ hasPassword: false, hasPrivateKey: false, jumps: [], hasPassphrase: false, hostCa: [], revokedKeys: [] },
  },
}
const stale = { error: { code: 'conflict', message: 'The partner was changed since you read it.', requestId: 'r1' } }

test('a change that came too late says so, keeps what was entered, and goes on from the other version', async () => {
  const theirs = { ...saved, version: 2, priority: 9, concurrencyLimit: 12 }
  const patches: unknown[] = []
  const client = createClient(async (_input, init) => {
    if (init?.method !== 'PATCH') return Response.json(theirs)
    patches.push(JSON.parse(String(init.body)))
    return patches.length === 1 ? Response.json(stale, { status: 409 }) : Response.json({ ...theirs, version: 3 })
  })
  await createRoot(async (dispose) => {
    const opened: string[] = []
    const model = createPartnerForm({ client, saved, onSaved: (id) => opened.push(id) })
    model.form.setValues({ priority: '1', maxConcurrency: '60' })
    expect(await model.form.submit()).toBe(false)

    expect(model.theirs()?.version).toBe(2)
    expect(describeChanges(valuesOfPartner(saved), valuesOfPartner(theirs), model.form.values)).toEqual([
      { label: 'Priority', was: '4', is: '9', mine: '1' },
      { label: 'Concurrency limit', was: '10', is: '12', mine: null },
    ])
    model.takeTheirs()
    expect(model.form.values).toMatchObject({ priority: '1', concurrencyLimit: '12', maxConcurrency: '60' })
    expect(model.isDirty()).toBe(true)

    expect(await model.form.submit()).toBe(true)
    expect(patches).toEqual([
      { version: 1, priority: 1, maxConcurrency: 60 },
      { version: 2, priority: 1, maxConcurrency: 60 },
    ])
    expect([opened, model.isDirty()]).toEqual([['p1'], false])
    dispose()
  })
})

test('a name that is taken shows at the name and is not a conflict', async () => {
  const issues = [{ path: 'partnerName', message: 'A partner named Zenith exists already.' }]
  const client = createClient(async () => Response.json({ error: { ...stale.error, issues } }, { status: 409 }))
  await createRoot(async (dispose) => {
    const model = createPartnerForm({ client, saved, onSaved: () => undefined })
    model.form.setValues('partnerName', 'Zenith')
    expect(await model.form.submit()).toBe(false)
    expect([model.form.error('partnerName'), model.theirs()]).toEqual([issues[0]?.message, undefined])
    dispose()
  })
})
