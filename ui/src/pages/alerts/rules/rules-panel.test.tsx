import { cleanup, screen, within } from '@solidjs/testing-library'
import { afterEach, expect, test } from 'vitest'
import { refusal, showScreen } from '../../../screen-under-test.tsx'
import type { RuleSetView } from '../alert-views.ts'
import RulesPanel from './rules-panel.tsx'

afterEach(cleanup)

const rule = (id: string, queued: number): RuleSetView['rules'][number] => ({
  id,
  level: 'HIGH',
  conditions: [{ metric: 'queuedCalls', operator: '>', value: queued }],
  message: '{queuedCalls} calls wait',
  for: 1,
  keepFor: 2,
  isOn: true,
})

const open = async (options: { role?: 'ADMIN' | 'VIEWER'; theirs?: RuleSetView } = {}) => {
  let saved: RuleSetView = { version: 4, rules: [rule('long-queue', 200), rule('queue', 100), rule('short-queue', 50)] }
  const shown = showScreen(() => <RulesPanel />, {
    role: options.role ?? 'ADMIN',
    routes: {
      'GET /api/alerts/rules': () => saved,
      'PUT /api/alerts/rules': (body) => {
        const { version, rules } = body as RuleSetView
        if (options.theirs && version === 4) {
          saved = options.theirs
          return refusal(409, 'The rules were changed since you read them.')
        }
        saved = { version: version + 1, rules }
        return saved
      },
      'POST /api/alerts/rules/preview': () => ({
        alerts: [
          {
            partnerId: 'p',
            ruleId: 'queue',
            level: 'HIGH',
            message: '120 calls wait',
            firedAt: new Date().toISOString(),
            resolvedAt: null,
          },
        ],
      }),
    },
  })
  await screen.findByText('long-queue')
  const ids = () => screen.getAllByRole('listitem').map((item) => item.dataset['rule'])
  const put = () => shown.sent.filter(({ route }) => route.startsWith('PUT')).map(({ body }) => body as RuleSetView)
  return { ...shown, ids, put }
}

test('a viewer reads the rules and may preview them, and is offered no change', async () => {
  await open({ role: 'VIEWER' })
  expect(screen.getByText('queued calls > 200')).toBeTruthy()
  expect(screen.getAllByRole('button').map((button) => button.textContent)).toEqual(['Preview'])
  expect(screen.queryByRole('checkbox')).toBeNull()
})

test('a rule moves by keyboard alone and keeps the focus, and the new order is said and saved', async () => {
  const { user, ids, put } = await open()
  screen.getByRole('button', { name: 'Edit short-queue' }).focus()
  await user.keyboard('{Alt>}{ArrowUp}{/Alt}')
  expect(ids()).toEqual(['long-queue', 'short-queue', 'queue'])
  expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Move short-queue up' }))
  expect(screen.getByText('short-queue is now number 2 of 3.')).toBeTruthy()
  await user.keyboard('{Enter}')
  expect(ids()).toEqual(['short-queue', 'long-queue', 'queue'])
  expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Move short-queue down' }))
  await user.click(screen.getByRole('button', { name: 'Save' }))
  await screen.findByText('long-queue')
  expect(put()).toMatchObject([{ version: 4, rules: [{ id: 'short-queue' }, { id: 'long-queue' }, { id: 'queue' }] }])
  expect(screen.queryByText('These changes are not saved.')).toBeNull()
})

test('when somebody else saved meanwhile, the edits stay and can go over theirs', async () => {
  const { user, ids, put } = await open({ theirs: { version: 7, rules: [rule('theirs', 1)] } })
  await user.click(screen.getByRole('button', { name: 'Remove queue' }))
  await user.click(screen.getByRole('button', { name: 'Save' }))
  expect(await screen.findByText(/Somebody else changed the rules/)).toBeTruthy()
  expect(ids()).toEqual(['long-queue', 'short-queue'])
  await user.click(screen.getByRole('button', { name: 'Save mine over theirs' }))
  expect(await screen.findByText('short-queue')).toBeTruthy()
  expect(put().map(({ version }) => version)).toEqual([4, 7])
  expect(ids()).toEqual(['long-queue', 'short-queue'])
})

test('when somebody else saved meanwhile, the edits can be given up for theirs', async () => {
  const { user, ids } = await open({ theirs: { version: 7, rules: [rule('theirs', 1)] } })
  await user.click(screen.getByRole('button', { name: 'Remove queue' }))
  await user.click(screen.getByRole('button', { name: 'Save' }))
  await user.click(await screen.findByRole('button', { name: 'Take theirs' }))
  expect(ids()).toEqual(['theirs'])
})

test('the preview is of the rules on screen, and says so when they were changed since', async () => {
  const { user, sent } = await open()
  await user.click(within(screen.getAllByRole('listitem')[0]!).getByRole('checkbox', { name: 'On' }))
  await user.click(screen.getByRole('button', { name: 'Preview' }))
  expect(await screen.findByText(/1 alert for 1 partner/)).toBeTruthy()
  const preview = sent.find(({ route }) => route.endsWith('/preview'))
  expect(preview?.body).toMatchObject({ hours: 24, rules: [{ id: 'long-queue', isOn: false }, { id: 'queue', isOn: true }, {}] })
  expect(screen.queryByText(/preview them again/)).toBeNull()
  await user.click(screen.getByRole('button', { name: 'Remove queue' }))
  expect(screen.getByText(/preview them again/)).toBeTruthy()
})
