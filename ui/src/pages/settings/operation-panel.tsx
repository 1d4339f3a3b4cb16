import { useQuery, useQueryClient } from '@tanstack/solid-query'
import { createMemo, For, Show } from 'solid-js'
import { SettingsPatch } from '../../../../functions/settings/schema.ts'
import { Settings } from '../../../../shared/settings.ts'
import { useClient } from '../../api/api-context.tsx'
import { read } from '../../api/client.ts'
import { Button } from '../../components/button.tsx'
import { QueryView } from '../../components/query-view.tsx'
import { TextField } from '../../components/text-field.tsx'
import { toastDone } from '../../components/toast.tsx'
import { createForm } from '../../form/create-form.ts'
import { FormProblem } from '../../form/form-problem.tsx'
import { HeartbeatField } from './heartbeat-field.tsx'
import { type NumberSetting, operationFields } from './operation-fields.ts'
import { ResealCard } from './reseal-card.tsx'

type Texts = Record<keyof Settings, string>

const toTexts = (settings: Settings) =>
  Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : String(value ?? '')]),
  ) as Texts

const inputOf = (name: string, text: string): string | number | string[] | null => {
  if (name === 'allowedNetworks') return text.split(/[\s,]+/).filter(Boolean)
  if (name === 'heartbeatUrl') return text || null
  return text === '' ? text : Number(text)
}

/** What differs from the stored values; text that is not a number is sent unchanged, for the schema to refuse. */
const changesOf = (texts: Texts, stored: Settings): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(texts).flatMap(([name, text]) => {
      const value = inputOf(name, text.trim())
      return String(value) === String(stored[name as keyof Settings]) ? [] : [[name, value]]
    }),
  )

const boundsOf = (name: NumberSetting) => {
  const field = Settings.shape[name]
  const { minValue, maxValue } = field.unwrap()
  return { min: minValue ?? 0, max: maxValue ?? 0, initial: field.parse(undefined) }
}

const OperationForm = (props: { stored: Settings; onSaved: (settings: Settings) => void }) => {
  const client = useClient()
  const form = createForm<Texts, Record<string, unknown>>({
    initial: toTexts(props.stored),
    schema: SettingsPatch,
    toInput: (texts) => changesOf(texts, props.stored),
    submit: async (changes) => {
      props.onSaved(await read(client.settings.index.$put({ json: changes as SettingsPatch })))
      toastDone('The settings were saved and apply at once.')
    },
  })
  const changes = createMemo(() => Object.keys(changesOf(form.values, props.stored)))
  return (
    <form onSubmit={form.submit} class="flex flex-col gap-6">
      <For each={operationFields}>
        {(group) => (
          <fieldset class="card p-4">
            <legend class="float-left mb-3 w-full font-semibold">{group.group}</legend>
            <div class="clear-both grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
              <For each={group.fields}>
                {({ name, label, unit, effect }) => {
                  const { min, max, initial } = boundsOf(name)
                  return (
                    <TextField
                      label={`${label} (${unit})`}
                      inputMode="numeric"
                      name={name}
                      value={form.values[name]}
                      onInput={(text) => {
                        form.setValues(name, text)
                        form.leave(name)
                      }}
                      error={form.error(name)}
                      description={`${effect} ${min} to ${max}, default ${initial}.`}
                    />
                  )
                }}
              </For>
            </div>
          </fieldset>
        )}
      </For>
      <fieldset class="card p-4">
        <legend class="float-left mb-3 w-full font-semibold">Where partners may be</legend>
        <div class="clear-both">
          <TextField
            label="Allowed networks"
            name="allowedNetworks"
            value={form.values.allowedNetworks}
            onInput={(text) => {
              form.setValues('allowedNetworks', text)
              form.leave('allowedNetworks')
            }}
            error={form.error('allowedNetworks')}
            description="SSH servers and databases are reached in these networks alone, wherever their names lead; separated by commas. 0.0.0.0/0, ::/0: everywhere. Link-local addresses and those of a cloud’s metadata are refused in any case."
          />
        </div>
      </fieldset>
      <HeartbeatField
        value={form.values.heartbeatUrl}
        onInput={(text) => {
          form.setValues('heartbeatUrl', text)
          form.leave('heartbeatUrl')
        }}
        error={form.error('heartbeatUrl')}
      />
      <FormProblem form={form} fields={Object.keys(form.values)} />
      <div class="card sticky bottom-16 flex items-center gap-3 p-3 sm:bottom-3">
        <Button type="submit" look="primary" busy={form.isBusy()} disabled={changes().length === 0}>
          Save
        </Button>
        <p role="status" class="text-sm text-muted">
          {changes().length === 0
            ? 'No changes.'
            : `${changes().length} ${changes().length === 1 ? 'change is' : 'changes are'} not saved.`}
        </p>
      </div>
    </form>
  )
}

/** The operational values of the service. */
const OperationPanel = () => {
  const client = useClient()
  const queries = useQueryClient()
  const query = useQuery(() => ({ queryKey: ['settings'], queryFn: () => read(client.settings.index.$get()), refetchOnWindowFocus: false }))
  return (
    <>
      <QueryView query={query}>
        {(settings) => (
          <Show when={settings()} keyed>
            {(stored) => <OperationForm stored={stored} onSaved={(saved) => queries.setQueryData(['settings'], saved)} />}
          </Show>
        )}
      </QueryView>
      <ResealCard />
    </>
  )
}

export default OperationPanel
