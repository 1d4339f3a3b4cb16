import { For, type JSX, Show } from 'solid-js'
import { CopyButton } from '../components/copy-button.tsx'
import type { Probe } from './create-probe.ts'

type Result = NonNullable<Probe['state']['result']>

const number = new Intl.NumberFormat('en-US')

const Statements = (props: { statements: readonly string[]; label: string; children: JSX.Element }) => (
  <Show when={props.statements.length > 0}>
    <div class="flex flex-col gap-1.5 rounded-md border border-line px-3 py-2 text-sm">
      <div class="flex items-start justify-between gap-2">
        <p>{props.children}</p>
        <CopyButton text={props.statements.join('\n')} label={props.label} />
      </div>
      <For each={props.statements}>
        {(statement) => <code class="rounded bg-sunken px-2 py-1 font-mono text-xs break-all select-all">{statement}</code>}
      </For>
    </div>
  </Show>
)

/** What a probe found out about the database: the rights that are missing, what a capture costs it, and what would help. */
export const ProbeDatabase = (props: { result: Result }) => (
  <>
    <Statements statements={props.result.rights.missing.flatMap(({ grant }) => grant ?? [])} label="Copy the GRANT statements">
      The administrator of the database grants what is missing with:
    </Statements>
    <Show when={props.result.cost}>
      {(cost) => (
        <>
          <p class="numeric text-sm text-muted">
            A capture took the database {number.format(cost().ms)} ms and reads about {number.format(cost().rowsExamined)} rows.
          </p>
          <Statements statements={cost().indexes.map(({ statement }) => statement)} label="Copy the CREATE INDEX statements">
            A large table is read whole at each capture. An index would save the database that work:
          </Statements>
        </>
      )}
    </Show>
  </>
)
