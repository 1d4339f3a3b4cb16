import { A, useNavigate } from '@solidjs/router'
import { useQueryClient } from '@tanstack/solid-query'
import CircleCheck from 'lucide-solid/icons/circle-check'
import { createUniqueId, For, Match, Show, Switch } from 'solid-js'
import { useClient } from '../../../api/api-context.tsx'
import { Button, buttonClass } from '../../../components/button.tsx'
import { Page } from '../../../components/page.tsx'
import { ErrorState } from '../../../components/states.tsx'
import { TextField } from '../../../components/text-field.tsx'
import { toastDone } from '../../../components/toast.tsx'
import { fieldLabels } from '../form/field-labels.ts'
import { createImport } from './create-import.ts'
import { ProblemTable } from './problem-table.tsx'

const countOf = (count: number) => `${count} ${count === 1 ? 'partner' : 'partners'}`

const formatNames = { json: 'JSON', csv: 'CSV', 'ssh-config': 'an SSH configuration' } as const

const FileField = (props: { onTake: (file: File) => void }) => {
  const id = createUniqueId()
  const take = (file: File | undefined) => file && props.onTake(file)
  return (
    <div class="flex flex-col gap-1">
      <label for={id} class="text-sm font-medium">
        A file
      </label>
      <input
        id={id}
        type="file"
        onChange={(event) => take(event.currentTarget.files?.[0])}
        class="text-sm file:mr-3 file:h-9 file:rounded-md file:border file:border-line file:bg-surface file:px-3 file:text-ink"
      />
    </div>
  )
}

const ColumnHelp = () => (
  <details class="text-sm text-muted">
    <summary class="cursor-pointer">Columns of the CSV, and fields of the JSON</summary>
    <p class="mt-1">
      The first line of the CSV names its columns; an empty cell counts as absent. Commas, semicolons or tabs, in UTF-8 or UTF-16. JSON is
      an array of partners with the same fields, <code>db</code> and <code>ssh</code> as objects. An export has the right format: fill in
      the secrets.
    </p>
    <ul class="mt-1 columns-1 font-mono text-xs sm:columns-3">
      <For each={Object.keys(fieldLabels)}>{(path) => <li>{path}</li>}</For>
    </ul>
  </details>
)

const ImportPage = () => {
  const model = createImport(useClient())
  const navigate = useNavigate()
  const queries = useQueryClient()
  const description = () => {
    if (model.isEmpty()) return 'CSV, JSON or ~/.ssh/config, up to 1,000 partners.'
    return `${model.file()?.name ?? 'It'} is read as ${formatNames[model.format()]}.`
  }
  const run = async () => {
    const result = await model.run()
    if (!result) return
    await queries.invalidateQueries({ queryKey: ['partners'], exact: true })
    toastDone(`${countOf(result.created.length)} imported.`)
    navigate('/partners')
  }
  return (
    <Page title="Import partners" description="Either all rows are imported or none. A dry run shows first what is wrong.">
      <div class="flex max-w-4xl flex-col gap-4">
        <FileField onTake={model.take} />
        <TextField
          label="Or paste the text"
          lines={10}
          value={model.text()}
          onInput={model.enter}
          spellcheck={false}
          description={description()}
        />
        <ColumnHelp />
        <Show when={model.format() === 'ssh-config'}>
          <p class="rounded-md bg-sunken px-3 py-2 text-sm">
            A check lists what each host of an SSH configuration lacks as a partner. To complete one here, paste it in the form of a{' '}
            <A href="/partners/new" class="text-accent underline">
              new partner
            </A>
            .
          </p>
        </Show>
        <div aria-live="polite" class="flex flex-col gap-4 empty:hidden">
          <Switch>
            <Match when={model.error()}>
              <ErrorState error={model.error()} />
            </Match>
            <Match when={model.problems().length > 0}>
              <ProblemTable problems={model.problems()} />
            </Match>
            <Match when={model.checked()}>
              {(result) => (
                <p class="flex items-center gap-2 rounded-md bg-ok-soft px-3 py-2 text-sm text-ok">
                  <CircleCheck size={18} aria-hidden="true" />
                  {countOf(result().rows)} can be imported.
                </p>
              )}
            </Match>
          </Switch>
        </div>
        <div class="flex flex-wrap gap-2">
          <Show
            when={model.checked()}
            fallback={
              <Button look="primary" disabled={model.isEmpty()} busy={model.isBusy()} onClick={model.check}>
                Check
              </Button>
            }
          >
            {(result) => (
              <Button look="primary" busy={model.isBusy()} onClick={run}>
                Import {countOf(result().rows)}
              </Button>
            )}
          </Show>
          <A href="/partners" class={buttonClass()}>
            Cancel
          </A>
        </div>
      </div>
    </Page>
  )
}

export default ImportPage
