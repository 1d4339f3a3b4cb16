import { useQuery, useQueryClient } from '@tanstack/solid-query'
import Plus from 'lucide-solid/icons/plus'
import RotateCcw from 'lucide-solid/icons/rotate-ccw'
import { createSignal, lazy, Show, Suspense } from 'solid-js'
import { useClient, useUser } from '../../../api/api-context.tsx'
import { ApiError } from '../../../api/api-error.ts'
import { read } from '../../../api/client.ts'
import { Button } from '../../../components/button.tsx'
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx'
import { QueryView } from '../../../components/query-view.tsx'
import { EmptyState } from '../../../components/states.tsx'
import { toastDone } from '../../../components/toast.tsx'
import { UnsavedChanges } from '../../../form/unsaved-changes.tsx'
import type { RuleSetView } from '../alert-views.ts'
import { createRuleDraft } from './create-rule-draft.ts'
import { toRuleList } from './rule-form.ts'
import { RuleList } from './rule-list.tsx'
import { RulesPreview } from './rules-preview.tsx'
import { SaveBar } from './save-bar.tsx'

const RuleDialog = lazy(() => import('./rule-dialog.tsx'))

const queryKey = ['alerts', 'rules']

const Rules = (props: { saved: RuleSetView }) => {
  const client = useClient()
  const { isAdmin } = useUser()
  const queries = useQueryClient()
  const draft = createRuleDraft(() => props.saved)
  const [edited, setEdited] = createSignal<number>()
  const [isResetting, setResetting] = createSignal(false)
  const [isBusy, setBusy] = createSignal(false)
  const [problem, setProblem] = createSignal<string>()
  const take = (saved: RuleSetView) => {
    queries.setQueryData(queryKey, saved)
    draft.discard()
  }
  const save = async () => {
    setBusy(true)
    setProblem(undefined)
    if (draft.isOutdated()) draft.rebase()
    try {
      take(await read(client.alerts.rules.$put({ json: { version: draft.version(), rules: toRuleList(draft.rules()) } })))
      toastDone('The rules were saved and apply from the next snapshot.')
    } catch (error) {
      setProblem(error instanceof ApiError ? error.message : 'Something went wrong.')
      await queries.invalidateQueries({ queryKey })
    } finally {
      setBusy(false)
    }
  }
  const reset = async () => {
    take(await read(client.alerts.rules.reset.$post({ json: { version: props.saved.version } })))
    toastDone('The rules were reset to the defaults.')
  }
  return (
    <>
      <div class="mb-3 flex flex-wrap items-center justify-between gap-2">
        <p class="max-w-prose text-sm text-muted">
          Each rule that matches fires its own alert. The first that matches sets the partner's level on the dashboard.
        </p>
        <Show when={isAdmin()}>
          <div class="flex flex-wrap gap-2">
            <Button onClick={() => setResetting(true)}>
              <RotateCcw size={15} aria-hidden="true" />
              Reset
            </Button>
            <Button look="primary" onClick={() => setEdited(draft.rules().length)}>
              <Plus size={16} aria-hidden="true" />
              New rule
            </Button>
          </div>
        </Show>
      </div>
      <Show
        when={draft.rules().length > 0}
        fallback={<EmptyState title="There are no rules">Only failing captures fire alerts.</EmptyState>}
      >
        <RuleList draft={draft} onEdit={setEdited} />
      </Show>
      <UnsavedChanges isDirty={draft.isDirty()} />
      <SaveBar draft={draft} isBusy={isBusy()} problem={problem()} onSave={save} />
      <RulesPreview rules={draft.rules()} />
      <Suspense>
        <Show when={edited() !== undefined && { index: edited() ?? 0 }} keyed>
          {({ index }) => (
            <RuleDialog
              rules={draft.rules()}
              index={index}
              onDone={(rule) => (index < draft.rules().length ? draft.replace(index, rule) : draft.add(rule))}
              onClose={() => setEdited(undefined)}
            />
          )}
        </Show>
      </Suspense>
      <ConfirmDialog
        isOpen={isResetting()}
        onClose={() => setResetting(false)}
        title="Reset to the default rules?"
        description="Added rules are removed, and changed ones are restored. Unsaved edits are lost."
        action="Reset the rules"
        onConfirm={reset}
      />
    </>
  )
}

const RulesPanel = () => {
  const client = useClient()
  const query = useQuery(() => ({
    queryKey,
    queryFn: ({ signal }) => read(client.alerts.rules.$get({}, { init: { signal } })),
  }))
  return <QueryView query={query}>{(saved) => <Rules saved={saved()} />}</QueryView>
}

export default RulesPanel
