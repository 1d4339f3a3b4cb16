import { useQuery } from '@tanstack/solid-query'
import { Show } from 'solid-js'
import { useClient } from '../../api/api-context.tsx'
import { TextField } from '../../components/text-field.tsx'
import { Time } from '../../components/time.tsx'

const refetchMs = 30_000

/** Where the sign of life goes, and when it was last taken. */
export const HeartbeatField = (props: { value: string; onInput: (text: string) => void; error: string | undefined }) => {
  const client = useClient()
  const query = useQuery(() => ({
    queryKey: ['health'],
    // An unhealthy service answers 503 with the same body.
    queryFn: async () => (await client.health.health.$get()).json(),
    refetchInterval: refetchMs,
    retry: false,
  }))
  return (
    <fieldset class="card p-4">
      <legend class="float-left mb-3 w-full font-semibold">Heartbeat</legend>
      <div class="clear-both flex flex-col gap-3">
        <TextField
          label="Heartbeat URL"
          name="heartbeatUrl"
          value={props.value}
          onInput={props.onInput}
          error={props.error}
          placeholder="https://hc-ping.com/…"
          description="Called once a minute while the service is healthy, with /fail at its end while it is not. Healthchecks and its like alert when it stays away. Empty: none."
        />
        <Show when={query.data?.heartbeat}>
          {(heartbeat) => (
            <p role="status" class="text-sm text-muted">
              <Show when={heartbeat().lastTakenAt} fallback="It was never taken.">
                {(takenAt) => (
                  <>
                    Last taken <Time at={takenAt()} />.
                  </>
                )}
              </Show>
              <Show when={!heartbeat().ok}>
                <span class="text-critical"> The last one was not taken ({heartbeat().code}).</span>
              </Show>
            </p>
          )}
        </Show>
      </div>
    </fieldset>
  )
}
