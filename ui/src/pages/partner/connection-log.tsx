import { useInfiniteQuery, useQueryClient } from '@tanstack/solid-query'
import ChevronRight from 'lucide-solid/icons/chevron-right'
import CircleCheck from 'lucide-solid/icons/circle-check'
import CircleX from 'lucide-solid/icons/circle-x'
import { createSignal, Show } from 'solid-js'
import { isolateName } from '../../../../shared/isolate-name.ts'
import { useClient, useUser } from '../../api/api-context.tsx'
import { type Client, read } from '../../api/client.ts'
import { Badge } from '../../components/badge.tsx'
import { Button } from '../../components/button.tsx'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { EmptyState } from '../../components/states.tsx'
import { Time } from '../../components/time.tsx'
import { toastDone } from '../../components/toast.tsx'
import { reasonWords } from '../../probe/probe-words.ts'
import { PagedList } from './paged-list.tsx'
import { StageWaterfall } from './stage-waterfall.tsx'

const pageSize = '25'
const refreshMs = 15_000

const logQuery = (client: Client, partnerId: string) => ({
  queryKey: ['connection-log', partnerId],
  queryFn: ({ pageParam }: { pageParam: string | null }) =>
    read(
      client.probe[':partnerId'].logs.$get({ param: { partnerId }, query: { limit: pageSize, ...(pageParam && { before: pageParam }) } }),
    ),
  initialPageParam: null as string | null,
  getNextPageParam: (page: { next: string | null }) => page.next,
})
type Attempt = Awaited<ReturnType<ReturnType<typeof logQuery>['queryFn']>>['logs'][number]

const AttemptLine = (props: { attempt: Attempt }) => (
  <li class="border-t border-line first:border-t-0">
    <details class="group">
      <summary class="flex cursor-pointer flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2 text-sm hover:bg-sunken">
        <ChevronRight size={14} aria-hidden="true" class="shrink-0 text-muted group-open:rotate-90" />
        <Badge tone={props.attempt.ok ? 'ok' : 'critical'} icon={props.attempt.ok ? CircleCheck : CircleX}>
          {props.attempt.ok ? 'Worked' : 'Failed'}
        </Badge>
        <span class="font-medium">{props.attempt.kind === 'probe' ? 'Probe' : 'Capture'}</span>
        <Show when={!props.attempt.ok}>
          <span class="text-critical">{reasonWords(props.attempt.reason ?? '').title}</span>
        </Show>
        <span class="ml-auto flex items-center gap-3 text-muted">
          <span class="numeric">{props.attempt.responseTimeMs} ms</span>
          <Time at={props.attempt.at} class="w-28 text-right" />
        </span>
      </summary>
      <div class="flex flex-col gap-2 bg-sunken px-3 py-3 text-sm">
        <Show when={props.attempt.message}>
          <p class="wrap-anywhere">{props.attempt.message}</p>
        </Show>
        <Show when={props.attempt.stages.length > 0} fallback={<p class="text-muted">It went over a connection that was open already.</p>}>
          <StageWaterfall stages={props.attempt.stages} />
        </Show>
        <p class="text-xs text-muted">
          <Time at={props.attempt.at} exact />, by {props.attempt.by}
          <Show when={props.attempt.hostKey}>
            {(hostKey) => (
              <>
                {' '}
                · host key {hostKey().type} <code class="font-mono break-all">{hostKey().sha256}</code>
              </>
            )}
          </Show>
        </p>
      </div>
    </details>
  </li>
)

const ClearButton = (props: { partner: { id: string; partnerName: string } }) => {
  const client = useClient()
  const queries = useQueryClient()
  const [isAsked, setAsked] = createSignal(false)
  const clear = async () => {
    await read(client.probe[':partnerId'].logs.$delete({ param: { partnerId: props.partner.id } }))
    await queries.resetQueries({ queryKey: ['connection-log', props.partner.id] })
    toastDone('The connection log was cleared.')
  }
  return (
    <>
      <Button size="small" onClick={() => setAsked(true)}>
        Clear …
      </Button>
      <ConfirmDialog
        isOpen={isAsked()}
        onClose={() => setAsked(false)}
        title="Clear the connection log?"
        description={`All attempts to reach ${isolateName(props.partner.partnerName)} that were recorded are deleted for good.`}
        action="Clear the log"
        onConfirm={clear}
      />
    </>
  )
}

/** Every attempt to reach the partner, newest first, with the time of each stage. */
export const ConnectionLog = (props: { partner: { id: string; partnerName: string } }) => {
  const client = useClient()
  const { isAdmin } = useUser()
  const query = useInfiniteQuery(() => ({ ...logQuery(client, props.partner.id), refetchInterval: refreshMs }))
  const attempts = () => query.data?.pages.flatMap(({ logs }) => logs) ?? []
  return (
    <section aria-labelledby="connection-log">
      <div class="mb-2 flex items-center justify-between">
        <h2 id="connection-log" class="font-semibold">
          Connection log
        </h2>
        <Show when={isAdmin() && attempts().length > 0}>
          <ClearButton partner={props.partner} />
        </Show>
      </div>
      <PagedList
        query={query}
        items={attempts()}
        more="Show older attempts"
        empty={<EmptyState title="No attempts yet">Probe the partner, or wait for its first capture.</EmptyState>}
      >
        {(attempt) => <AttemptLine attempt={attempt} />}
      </PagedList>
    </section>
  )
}
