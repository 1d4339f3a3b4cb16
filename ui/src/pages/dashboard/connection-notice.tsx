import { Match, Switch } from 'solid-js'
import { Button } from '../../components/button.tsx'
import { Time } from '../../components/time.tsx'
import type { Connection } from '../../fleet/create-live.ts'

/** Says so when what is on screen is not told live, and how old it is. */
export const ConnectionNotice = (props: { connection: Connection; updatedAt: number | null; onRetry: () => void }) => (
  <Switch>
    <Match when={props.connection === 'polling'}>
      <p role="status" class="mb-4 flex flex-wrap items-center gap-2 rounded-md bg-medium-soft px-3 py-2 text-sm text-medium">
        Live updates are interrupted; the numbers are asked for every few seconds until they are back.
      </p>
    </Match>
    <Match when={props.connection === 'offline' && props.updatedAt}>
      {(at) => (
        <p role="status" class="mb-4 flex flex-wrap items-center gap-2 rounded-md bg-critical-soft px-3 py-2 text-sm text-critical">
          <span>
            The server does not answer. What you see is of <Time at={at()} />.
          </span>
          <Button size="small" onClick={props.onRetry}>
            Try now
          </Button>
        </p>
      )}
    </Match>
  </Switch>
)
