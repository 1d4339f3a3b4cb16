import { cleanup, screen, waitFor } from '@solidjs/testing-library'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { refusal, showScreen } from '../screen-under-test.tsx'
import { AlertActionButtons } from './alert-action-buttons.tsx'

/** Ten in the evening of the 7th in New York, the night in which its clocks go forward. */
const now = Date.parse('2026-03-08T03:00:00Z')

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now })
})
afterEach(() => {
  cleanup()
  localStorage.clear()
  vi.useRealTimers()
})

const alert = { id: 'a1', partnerName: 'Acme', message: '250 calls wait', acknowledged: null, dismissed: null }
const dismissed = { until: '2026-03-08T04:00:00.000Z' }
const show = (options: Parameters<typeof showScreen>[1] = {}, shown: Parameters<typeof AlertActionButtons>[0]['alert'] = alert) =>
  showScreen(
    () => (
      <>
        <h1>Alerts</h1>
        <AlertActionButtons alert={shown} />
      </>
    ),
    options,
  )
const done = () => ({})
const button = (name: string) => screen.findByRole('button', { name })
const submit = (name: string) => screen.getAllByRole('button', { name, hidden: true }).at(-1)!

test('a viewer is offered nothing', async () => {
  show({ role: 'VIEWER' })
  await screen.findByRole('heading', { name: 'Alerts' })
  expect(screen.queryByRole('button')).toBeNull()
})

test('an alert is acknowledged with a note or without, and the dialog closes', async () => {
  const { user, sent } = show({ routes: { 'POST /api/alerts/a1/acknowledge': done } })
  for (const note of ['', ' on it ']) {
    await user.click(await button('Acknowledge'))
    const dialog = await screen.findByRole('dialog', { name: 'Acknowledge' })
    expect(dialog.textContent).toContain('Acme: 250 calls wait')
    if (note) await user.type(screen.getByLabelText('Note (optional)'), note)
    await user.click(submit('Acknowledge'))
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  }
  expect(sent.map(({ body }) => body)).toEqual([{}, { note: 'on it' }])
})

test.each([
  ['1 hour', '2026-03-08T04:00:00.000Z'],
  ['4 hours', '2026-03-08T07:00:00.000Z'],
  ['Until tomorrow morning', '2026-03-08T12:00:00.000Z'],
])('a dismissal for %s ends at %s, by the clocks of the zone that is shown', async (span, until) => {
  const { user, sent } = show({ routes: { 'POST /api/alerts/a1/dismiss': done } })
  await user.click(await button('Dismiss'))
  await user.click(await screen.findByRole('radio', { name: span }))
  await user.type(screen.getByLabelText('Reason'), 'known')
  await user.click(submit('Dismiss'))
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  expect(sent).toEqual([{ route: 'POST /api/alerts/a1/dismiss', body: { until, reason: 'known' } }])
})

test('the end that is chosen is meant in the zone that is shown, and said in it', async () => {
  localStorage.setItem('zone', 'Asia/Kolkata')
  const { user, sent } = show({ routes: { 'POST /api/alerts/a1/dismiss': done } })
  await user.click(await button('Dismiss'))
  await user.click(await screen.findByRole('radio', { name: 'Until a time you choose' }))
  const until = screen.getByLabelText<HTMLInputElement>(/Until \(Asia\/Kolkata/)
  expect(until.value).toBe('2026-03-09T08:30')
  await user.clear(until)
  await user.paste('2026-03-10T18:00')
  expect(screen.getByRole('dialog').textContent).toContain('Ends Mar 10, 2026, 18:00:00')
  await user.type(screen.getByLabelText('Reason'), 'known')
  await user.click(submit('Dismiss'))
  await waitFor(() => expect(sent.map(({ body }) => body)).toEqual([{ until: '2026-03-10T12:30:00.000Z', reason: 'known' }]))
})

test('nothing is dismissed without a reason', async () => {
  const { user, sent } = show({ routes: { 'POST /api/alerts/a1/dismiss': done } })
  await user.click(await button('Dismiss'))
  await screen.findByRole('dialog')
  await user.click(submit('Dismiss'))
  expect(screen.getByLabelText('Reason').getAttribute('aria-invalid')).toBe('true')
  expect(sent).toEqual([])
})

test('what the server refuses is said at its field, and what was entered stays', async () => {
  const problem = 'must be at most 30 days ahead'
  const { user } = show({ routes: { 'POST /api/alerts/a1/dismiss': () => refusal(422, problem, [{ path: 'until', message: problem }]) } })
  await user.click(await button('Dismiss'))
  await user.type(await screen.findByLabelText('Reason'), 'known')
  await user.click(submit('Dismiss'))
  expect(await screen.findByText(problem)).toBeTruthy()
  expect(screen.getByLabelText<HTMLInputElement>('Reason').value).toBe('known')
})

test('a dismissal that is not over can be ended, one that is over is as if it had not been', async () => {
  const { user, sent } = show({ routes: { 'DELETE /api/alerts/a1/dismiss': done } }, { ...alert, acknowledged: {}, dismissed })
  expect(screen.queryByRole('button', { name: 'Acknowledge' })).toBeNull()
  await user.click(await button('End dismissal'))
  await user.click(await button('End it'))
  await waitFor(() => expect(sent.map(({ route }) => route)).toEqual(['DELETE /api/alerts/a1/dismiss']))
  cleanup()
  show({}, { ...alert, dismissed: { until: '2026-03-08T02:59:59.000Z' } })
  expect(await button('Dismiss')).toBeTruthy()
})
