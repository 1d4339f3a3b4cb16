import { A } from '@solidjs/router'
import { createSignal, For, Show } from 'solid-js'
import type { Resealed } from '../../../../functions/secrets/schema.ts'
import { useClient } from '../../api/api-context.tsx'
import { read } from '../../api/client.ts'
import { Button } from '../../components/button.tsx'
import { toastError } from '../../components/toast.tsx'

const pageOf = ({ collection, id }: { collection: string; id: string }) =>
  collection === 'partner_configs' ? `/partners/${id}/edit` : '/alerts/channels'

/** Seals every secret under the current key: the last step of a rotation before the previous key is removed. */
export const ResealCard = () => {
  const client = useClient()
  const [isBusy, setBusy] = createSignal(false)
  const [result, setResult] = createSignal<Resealed>()
  const reseal = async () => {
    setBusy(true)
    try {
      setResult(await read(client.secrets.reseal.$post()))
    } catch (error) {
      toastError(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <section aria-labelledby="reseal" class="card mt-6 flex flex-col items-start gap-3 p-4">
      <h2 id="reseal" class="font-semibold">
        Encryption key
      </h2>
      <p class="text-sm text-muted">After you change ENCRYPTION_KEY, seal all secrets again before you remove the previous key.</p>
      <Button busy={isBusy()} onClick={reseal}>
        Seal all secrets again
      </Button>
      <div role="status" class="flex flex-col gap-1 text-sm">
        <Show when={result()}>
          {(done) => (
            <>
              <p>
                {done().resealed === 0
                  ? 'No secret had to be sealed again.'
                  : `${done().resealed} ${done().resealed === 1 ? 'secret was' : 'secrets were'} sealed again.`}{' '}
                <Show when={done().unreadable.length === 0} fallback="No configured key opens these. Enter them again:">
                  The current key opens all of them. The previous key is no longer needed.
                </Show>
              </p>
              <ul class="list-disc pl-5">
                <For each={done().unreadable}>
                  {(secret) => (
                    <li>
                      <A href={pageOf(secret)} class="text-accent underline">
                        <bdi>{secret.name}</bdi>
                      </A>
                      : <code class="font-mono">{secret.field}</code>
                    </li>
                  )}
                </For>
              </ul>
            </>
          )}
        </Show>
      </div>
    </section>
  )
}
