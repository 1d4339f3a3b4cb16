import { createSignal } from 'solid-js'
import type { RuleSetView, RuleView } from '../alert-views.ts'

type Rules = readonly RuleView[]

/** The rules as they are being edited, over those that are saved. It outlives what others save meanwhile. */
export const createRuleDraft = (saved: () => RuleSetView) => {
  const [draft, setDraft] = createSignal<{ version: number; rules: Rules } | null>(null)
  const rules = (): Rules => draft()?.rules ?? saved().rules
  const change = (next: Rules) => setDraft((current) => ({ version: current?.version ?? saved().version, rules: next }))
  return {
    rules,
    /** The version that the draft began with: what a save replaces. */
    version: () => draft()?.version ?? saved().version,
    isDirty: () => draft() !== null && JSON.stringify(rules()) !== JSON.stringify(saved().rules),
    /** Somebody saved other rules since the draft began. */
    isOutdated: () => {
      const current = draft()
      return current !== null && current.version !== saved().version
    },
    add: (rule: RuleView) => change([...rules(), rule]),
    replace: (index: number, rule: RuleView) => change(rules().with(index, rule)),
    remove: (index: number) => change(rules().toSpliced(index, 1)),
    /** Moves a rule up (`-1`) or down (`1`). Returns whether there was room. */
    move: (index: number, by: -1 | 1): boolean => {
      const rule = rules()[index]
      const to = index + by
      if (!rule || to < 0 || to >= rules().length) return false
      change(rules().toSpliced(index, 1).toSpliced(to, 0, rule))
      return true
    },
    discard: () => setDraft(null),
    /** Keeps what was edited, over what others saved meanwhile. */
    rebase: () => setDraft((current) => current && { ...current, version: saved().version }),
  }
}

export type RuleDraft = ReturnType<typeof createRuleDraft>
