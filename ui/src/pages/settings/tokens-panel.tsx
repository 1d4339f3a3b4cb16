import { useQuery } from '@tanstack/solid-query'
import { createSignal, For, Show } from 'solid-js'
import { NewToken } from '../../../../functions/tokens/schema.ts'
import { type Scope, scopes } from '../../../../shared/http/app-env.ts'
import { useClient } from '../../api/api-context.tsx'
import { read } from '../../api/client.ts'
import { Button } from '../../components/button.tsx'
import { CheckField } from '../../components/check-field.tsx'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { QueryView } from '../../components/query-view.tsx'
import { SelectField } from '../../components/select-field.tsx'
import { EmptyState } from '../../components/states.tsx'
import { TextField } from '../../components/text-field.tsx'
import { Time } from '../../components/time.tsx'
import { createForm } from '../../form/create-form.ts'
import { FormProblem } from '../../form/form-problem.tsx'

const msPerDay = 86_400_000
const lives = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: '1 year' },
] as const

type Values = { name: string; scopes: Scope[]; days: (typeof lives)[number]['value'] }

const NewTokenDialog = (props: { onClose: () => void; onCreated: () => Promise<unknown> }) => {
  const client = useClient()
  const [token, setToken] = createSignal<string>()
  const form = createForm<Values, NewToken>({
    initial: { name: '', scopes: [], days: '90' },
    schema: NewToken,
    toInput: ({ name, scopes: chosen, days }) => ({
      name,
      scopes: [...chosen],
      expiresAt: new Date(Date.now() + Number(days) * msPerDay).toISOString(),
    }),
    submit: async (json) => {
      setToken((await read(client.tokens.index.$post({ json }))).token)
      await props.onCreated()
    },
  })
  const toggle = (scope: Scope, isOn: boolean) =>
    form.setValues('scopes', (chosen) => (isOn ? [...chosen, scope] : chosen.filter((each) => each !== scope)))
  return (
    <Dialog
      isOpen
      onClose={props.onClose}
      title="New service token"
      description="Another service uses it to call the API. It can do only what its scopes allow."
      actions={
        <Show
          when={token() === undefined}
          fallback={
            <Button look="primary" onClick={props.onClose}>
              I have saved it
            </Button>
          }
        >
          <Button onClick={props.onClose}>Cancel</Button>
          <Button look="primary" busy={form.isBusy()} onClick={() => void form.submit()}>
            Create the token
          </Button>
        </Show>
      }
    >
      <Show
        when={token()}
        fallback={
          <div class="flex flex-col gap-4">
            <TextField label="Name" value={form.values.name} onInput={(text) => form.setValues('name', text)} error={form.error('name')} />
            <SelectField
              label="Valid for"
              options={lives}
              value={form.values.days}
              onChange={(days) => form.setValues('days', days)}
              error={form.error('expiresAt')}
            />
            <fieldset class="flex flex-col gap-1.5">
              <legend class="mb-1 text-sm font-medium">Scopes</legend>
              <For each={scopes}>
                {(scope) => (
                  <CheckField label={scope} checked={form.values.scopes.includes(scope)} onChange={(isOn) => toggle(scope, isOn)} />
                )}
              </For>
              <Show when={form.error('scopes')}>
                <p class="text-sm text-critical">Choose at least one scope.</p>
              </Show>
            </fieldset>
            <FormProblem form={form} fields={['name', 'scopes', 'expiresAt']} />
          </div>
        }
      >
        {(text) => (
          <div class="flex flex-col gap-2">
            <p role="status" class="text-sm">
              Copy it now: it is not shown again.
            </p>
            <code class="rounded-md bg-sunken p-3 font-mono text-sm break-all select-all">{text()}</code>
          </div>
        )}
      </Show>
    </Dialog>
  )
}

/** The tokens of other services: created, shown once, revoked. */
const TokensPanel = () => {
  const client = useClient()
  const query = useQuery(() => ({ queryKey: ['tokens'], queryFn: () => read(client.tokens.index.$get()), reconcile: 'id' }))
  const [isMaking, setMaking] = createSignal(false)
  const [revoking, setRevoking] = createSignal<{ id: string; name: string }>()
  const make = () => (
    <Button look="primary" onClick={() => setMaking(true)}>
      New token
    </Button>
  )
  return (
    <>
      <QueryView query={query}>
        {(tokens) => (
          <Show
            when={tokens().length > 0}
            fallback={
              <EmptyState title="No service has a token yet" action={make()}>
                Give each service its own token, with only the scopes that it needs.
              </EmptyState>
            }
          >
            <div class="mb-3 flex justify-end">{make()}</div>
            <ul class="card divide-y divide-line">
              <For each={tokens()}>
                {(token) => (
                  <li class="flex flex-wrap items-center gap-x-4 gap-y-1 p-4">
                    <div class="min-w-0 flex-1">
                      <p class="font-medium">
                        {token.name} <code class="font-mono text-xs text-muted">{token.prefix}…</code>
                      </p>
                      <p class="text-sm text-muted">{token.scopes.join(', ')}</p>
                      <p class="text-sm text-muted">
                        expires <Time at={token.expiresAt} /> ·{' '}
                        {token.lastUsedAt ? (
                          <>
                            last used <Time at={token.lastUsedAt} />
                          </>
                        ) : (
                          'never used'
                        )}{' '}
                        · created by {token.createdBy}
                      </p>
                    </div>
                    <Button onClick={() => setRevoking(token)}>Revoke</Button>
                  </li>
                )}
              </For>
            </ul>
          </Show>
        )}
      </QueryView>
      <Show when={isMaking()}>
        <NewTokenDialog onClose={() => setMaking(false)} onCreated={() => query.refetch()} />
      </Show>
      <ConfirmDialog
        isOpen={revoking() !== undefined}
        onClose={() => setRevoking(undefined)}
        title={`Revoke ${revoking()?.name}?`}
        description="The service that uses it is refused from its next request."
        action="Revoke the token"
        onConfirm={async () => {
          await read(client.tokens[':id'].$delete({ param: { id: revoking()?.id ?? '' } }))
          await query.refetch()
        }}
      />
    </>
  )
}

export default TokensPanel
