import { type JSX, Match, Switch } from 'solid-js'
import { Button } from '../../components/button.tsx'
import { Time } from '../../components/time.tsx'
import type { Connection } from '../../fleet/create-live.ts'

const Notice = (props: { class: string; children: JSX.Element }) => (
  <p role="status" class={`mb-4 flex flex-wrap items-center gap-2 rounded-md px-3 py-2 text-sm ${props.class}`}>
    {props.children}
  </p>
)

/** Says when the screen is not live or not current, and how old it is. */
export const ConnectionNotice = (props: { connection: Connection; updatedAt: number | null; isCurrent: boolean; onRetry: () => void }) => (
  <Switch>
    <Match when={props.connection === 'offline' && props.updatedAt}>
      {(at) => (
        <Notice class="bg-critical-soft text-critical">
          <span>
            The server does not answer. What you see is from <Time at={at()} />.
          </span>
          <Button size="small" onClick={props.onRetry}>
            Try now
          </Button>
        </Notice>
      )}
    </Match>
    <Match when={!props.isCurrent && props.updatedAt}>
      {(at) => (
        <Notice class="bg-critical-soft text-critical">
          <span>
            The server cannot read its database. What you see is from <Time at={at()} />.
          </span>
        </Notice>
      )}
    </Match>
    <Match when={props.connection === 'polling'}>
      <Notice class="bg-medium-soft text-medium">
        Live updates are interrupted. Until they are back, the numbers are refreshed every few seconds.
      </Notice>
    </Match>
  </Switch>
)
