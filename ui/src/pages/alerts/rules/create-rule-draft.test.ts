import { createRoot, createSignal } from 'solid-js'
import { expect, test } from 'vitest'
import type { RuleSetView } from '../alert-views.ts'
import { createRuleDraft } from './create-rule-draft.ts'

const rule = (id: string): RuleSetView['rules'][number] => ({
  id,
  level: 'HIGH',
  conditions: [{ metric: 'queuedCalls', operator: '>', value: 10 }],
  message: '{queuedCalls} calls wait',
  for: 1,
  keepFor: 2,
  isOn: true,
})
const setOf = (version: number, ...ids: string[]): RuleSetView => ({ version, rules: ids.map(rule) })

const start = (first: RuleSetView) => {
  const [saved, save] = createSignal(first)
  const draft = createRoot(() => createRuleDraft(saved))
  return { draft, save, ids: () => draft.rules().map(({ id }) => id) }
}

test('is what is saved until something is edited, and again when that is discarded', () => {
  const { draft, ids } = start(setOf(4, 'a', 'b'))
  expect([ids(), draft.isDirty(), draft.version()]).toEqual([['a', 'b'], false, 4])
  draft.add(rule('c'))
  expect([ids(), draft.isDirty()]).toEqual([['a', 'b', 'c'], true])
  draft.discard()
  expect([ids(), draft.isDirty()]).toEqual([['a', 'b'], false])
})

test('moves rules one place, and none over the ends', () => {
  const { draft, ids } = start(setOf(1, 'a', 'b', 'c'))
  expect(draft.move(2, -1)).toBe(true)
  expect(ids()).toEqual(['a', 'c', 'b'])
  expect(draft.move(0, 1)).toBe(true)
  expect(ids()).toEqual(['c', 'a', 'b'])
  expect([draft.move(0, -1), draft.move(2, 1)]).toEqual([false, false])
  expect(ids()).toEqual(['c', 'a', 'b'])
})

test('is not dirty when the edits come back to what is saved', () => {
  const { draft } = start(setOf(1, 'a', 'b'))
  draft.move(0, 1)
  draft.move(1, -1)
  expect(draft.isDirty()).toBe(false)
})

test('what others save meanwhile does not touch it: it says so, and can go over theirs or be given up', () => {
  const { draft, save, ids } = start(setOf(1, 'a', 'b'))
  draft.remove(0)
  save(setOf(2, 'a', 'b', 'theirs'))
  expect([ids(), draft.version(), draft.isOutdated()]).toEqual([['b'], 1, true])
  draft.rebase()
  expect([ids(), draft.version(), draft.isOutdated(), draft.isDirty()]).toEqual([['b'], 2, false, true])
  draft.discard()
  expect(ids()).toEqual(['a', 'b', 'theirs'])
})
