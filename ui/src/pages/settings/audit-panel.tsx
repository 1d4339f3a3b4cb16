import { useSearchParams } from '@solidjs/router'
import { useInfiniteQuery } from '@tanstack/solid-query'
import X from 'lucide-solid/icons/x'
import { createSignal, For, Show } from 'solid-js'
import type { AuditPage } from '../../../../functions/audit/schema.ts'
import { isolateName } from '../../../../shared/isolate-name.ts'
import { useClient } from '../../api/api-context.tsx'
import { read } from '../../api/client.ts'
import { Button } from '../../components/button.tsx'
import { EmptyState, ErrorState, Skeleton } from '../../components/states.tsx'
import { TextField } from '../../components/text-field.tsx'
import { Time } from '../../components/time.tsx'
import { useZone } from '../../time/zone-context.tsx'
import { fromZonedInput, toZonedInput } from '../../time/zoned-time.ts'
import { auditChanges } from './audit-changes.ts'

type Entry = AuditPage['entries'][number]
type Filter = 'action' | 'collection' | 'actor' | 'targetId' | 'from' | 'to'

const AuditRow = (props: { entry: Entry; onFilter: (filter: Filter, value: string) => void }) => {
  const [isOpen, setOpen] = createSignal(false)
  const changes = () => auditChanges(props.entry.before, props.entry.after)
  return (
    <li class="p-4">
      <div class="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <Time at={props.entry.at} exact class="text-sm text-muted" />
        <button type="button" class="font-medium hover:underline" onClick={() => props.onFilter('actor', props.entry.actor.id)}>
          {props.entry.actor.name}
        </button>
        <button
          type="button"
          class="font-mono text-sm text-accent hover:underline"
          onClick={() => props.onFilter('action', props.entry.action)}
        >
          {props.entry.action}
        </button>
        <button type="button" class="hover:underline" onClick={() => props.onFilter('targetId', props.entry.target.id)}>
          <bdi>{props.entry.target.name}</bdi>
        </button>
        <Show when={changes().length > 0}>
          <Button size="small" look="ghost" class="ml-auto" aria-expanded={isOpen()} onClick={() => setOpen(!isOpen())}>
            {changes().length} {changes().length === 1 ? 'change' : 'changes'}
          </Button>
        </Show>
      </div>
      <Show when={isOpen()}>
        <div class="mt-3 overflow-x-auto">
          <table class="w-full text-left text-sm">
            <thead class="text-muted">
              <tr>
                <th class="py-1 pr-4 font-medium">Field</th>
                <th class="py-1 pr-4 font-medium">Before</th>
                <th class="py-1 font-medium">After</th>
              </tr>
            </thead>
            <tbody>
              <For each={changes()}>
                {(change) => (
                  <tr class="border-t border-line align-top">
                    <td class="py-1 pr-4 font-mono">{change.path}</td>
                    <td class="py-1 pr-4 break-all">{change.before}</td>
                    <td class="py-1 break-all">{change.after}</td>
                  </tr>
                )}
              </For>
            </tbody>
          </table>
        </div>
      </Show>
    </li>
  )
}

const typed = [
  { name: 'action', label: 'Action', placeholder: 'partner.update' },
  { name: 'collection', label: 'Collection', placeholder: 'partner_configs' },
] as const
/** Chosen by a click on a name. */
const picked = [
  { name: 'actor', label: 'By' },
  { name: 'targetId', label: 'Of' },
] as const
/** Kept in the address as instants, shown in the chosen zone. */
const bounds = [
  { name: 'from', label: 'From' },
  { name: 'to', label: 'Until' },
] as const
const filters: readonly Filter[] = [...typed, ...picked, ...bounds].map(({ name }) => name)

/** Who changed what, newest first. */
const AuditPanel = () => {
  const client = useClient()
  const { zone } = useZone()
  const [search, setSearch] = useSearchParams<Record<Filter, string>>()
  const chosen = () =>
    Object.fromEntries(filters.flatMap((name) => (search[name] ? [[name, search[name]]] : []))) as Partial<Record<Filter, string>>
  const query = useInfiniteQuery(() => ({
    queryKey: ['audit', chosen()],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) => read(client.audit.index.$get({ query: { ...chosen(), ...(pageParam && { before: pageParam }) } })),
    getNextPageParam: (page: AuditPage) => page.next,
  }))
  const entries = () => query.data?.pages.flatMap((page) => page.entries) ?? []
  const fieldOf = (bound: 'from' | 'to') => {
    const at = Date.parse(search[bound] ?? '')
    return Number.isNaN(at) ? '' : toZonedInput(at, zone())
  }
  const nameOf = (filter: 'actor' | 'targetId') => {
    const entry = entries()[0]
    return isolateName((filter === 'actor' ? entry?.actor.name : entry?.target.name) ?? search[filter] ?? '')
  }
  return (
    <>
      <div class="mb-4 flex flex-wrap items-end gap-3">
        <For each={typed}>
          {({ name, label, placeholder }) => (
            <TextField
              label={label}
              type="search"
              placeholder={placeholder}
              value={search[name] ?? ''}
              onInput={(text) => setSearch({ [name]: text || null }, { replace: true })}
              class="min-w-40 flex-1 sm:max-w-64"
            />
          )}
        </For>
        <For each={bounds}>
          {({ name, label }) => (
            <TextField
              label={label}
              type="datetime-local"
              value={fieldOf(name)}
              onInput={(text) => {
                const at = fromZonedInput(text, zone())
                setSearch({ [name]: at === null ? null : new Date(at).toISOString() }, { replace: true })
              }}
            />
          )}
        </For>
        <For each={picked.filter(({ name }) => search[name])}>
          {({ name, label }) => (
            <Button onClick={() => setSearch({ [name]: null })} aria-label={`Clear the filter: ${label} ${nameOf(name)}`}>
              {label} {nameOf(name)}
              <X size={14} aria-hidden="true" />
            </Button>
          )}
        </For>
      </div>
      <Show when={query.isError}>
        <ErrorState error={query.error} onRetry={() => query.refetch()} />
      </Show>
      <Show
        when={query.data}
        fallback={
          <Show when={query.isPending}>
            <Skeleton lines={8} />
          </Show>
        }
      >
        <Show
          when={entries().length > 0}
          fallback={<EmptyState title="No change matches these filters">Every change is listed here.</EmptyState>}
        >
          <ul class="card divide-y divide-line">
            <For each={entries()}>{(entry) => <AuditRow entry={entry} onFilter={(name, value) => setSearch({ [name]: value })} />}</For>
          </ul>
          <Show when={query.hasNextPage}>
            <div class="mt-3 flex justify-center">
              <Button busy={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
                Older changes
              </Button>
            </div>
          </Show>
        </Show>
      </Show>
    </>
  )
}

export default AuditPanel
