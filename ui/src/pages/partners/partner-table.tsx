import { A, useNavigate } from '@solidjs/router'
import ArrowDown from 'lucide-solid/icons/arrow-down'
import ArrowUp from 'lucide-solid/icons/arrow-up'
import EllipsisVertical from 'lucide-solid/icons/ellipsis-vertical'
import Pencil from 'lucide-solid/icons/pencil'
import Trash from 'lucide-solid/icons/trash'
import { createMemo, createSignal, For, type JSX, Show } from 'solid-js'
import { isolateName } from '../../../../shared/isolate-name.ts'
import { useUser } from '../../api/api-context.tsx'
import { StateBadge } from '../../components/badge.tsx'
import { Button, buttonClass } from '../../components/button.tsx'
import { Menu, MenuItem } from '../../components/menu.tsx'
import { Time } from '../../components/time.tsx'
import type { ListedPartner, PartnerSort } from './arrange-partners.ts'

type PartnerTableProps = {
  partners: readonly ListedPartner[]
  sort: PartnerSort
  isDescending: boolean
  onSort: (sort: PartnerSort) => void
  onDelete: (partner: ListedPartner['partner']) => void
}

/** How many rows are shown before the user asks for all. */
const shownRows = 200
const cell = 'px-3 py-2 align-middle'

const SortHeader = (
  props: Pick<PartnerTableProps, 'sort' | 'isDescending' | 'onSort'> & { name: PartnerSort; class?: string; children: JSX.Element },
) => {
  const isSorted = () => props.sort === props.name
  const direction = () => (props.isDescending ? 'descending' : 'ascending')
  return (
    <th scope="col" aria-sort={isSorted() ? direction() : 'none'} class={`px-3 py-1.5 text-left ${props.class ?? ''}`}>
      <button
        type="button"
        onClick={() => props.onSort(props.name)}
        class="inline-flex items-center gap-1 rounded-sm font-semibold hover:text-ink"
      >
        {props.children}
        <Show when={isSorted()}>
          <Show when={props.isDescending} fallback={<ArrowUp size={13} aria-hidden="true" />}>
            <ArrowDown size={13} aria-hidden="true" />
          </Show>
        </Show>
      </button>
    </th>
  )
}

const Reach = (props: { partner: ListedPartner['partner'] }) => (
  <Show
    when={props.partner.ssh.enabled}
    fallback={
      <>
        {props.partner.db.host}:{props.partner.db.port} <span class="text-muted">direct</span>
      </>
    }
  >
    {props.partner.ssh.host}:{props.partner.ssh.port} <span class="text-muted">SSH</span>
  </Show>
)

const RowMenu = (props: { partner: ListedPartner['partner']; onDelete: () => void }) => {
  const navigate = useNavigate()
  return (
    <Menu
      label={`Actions for ${isolateName(props.partner.partnerName)}`}
      trigger={<EllipsisVertical size={16} aria-hidden="true" />}
      triggerClass={`${buttonClass('ghost', 'small')} w-8 px-0!`}
    >
      <MenuItem onSelect={() => navigate(`/partners/${props.partner.id}/edit`)}>
        <Pencil size={15} aria-hidden="true" />
        Edit
      </MenuItem>
      <MenuItem onSelect={props.onDelete} danger>
        <Trash size={15} aria-hidden="true" />
        Delete …
      </MenuItem>
    </Menu>
  )
}

const Row = (props: { listed: ListedPartner; canChange: boolean; onDelete: () => void }) => (
  <tr class="border-t border-line hover:bg-sunken">
    <th scope="row" class={`${cell} text-left font-medium`}>
      <A href={`/partners/${props.listed.partner.id}`} class="text-accent hover:underline">
        <bdi>{props.listed.partner.partnerName}</bdi>
      </A>
      <div class="text-xs font-normal break-all text-muted sm:hidden">
        <Reach partner={props.listed.partner} />
      </div>
    </th>
    <td class={cell}>
      <Show when={props.listed.state}>
        {(state) => <StateBadge state={state()} title={props.listed.partner.sync.lastError?.message ?? ''} />}
      </Show>
    </td>
    <td class={`${cell} text-sm max-sm:hidden`}>
      <Reach partner={props.listed.partner} />
    </td>
    <td class={`${cell} text-sm max-lg:hidden`}>{props.listed.partner.timezone}</td>
    <td class={`${cell} text-sm max-md:hidden`}>{props.listed.partner.isActive ? 'Yes' : 'No'}</td>
    <td class={`${cell} numeric text-right text-sm max-md:hidden`}>{props.listed.partner.priority}</td>
    <td class={`${cell} text-sm max-sm:hidden`}>
      <Show when={props.listed.partner.sync.lastSyncAt} fallback={<span class="text-muted">never</span>}>
        {(at) => <Time at={at()} />}
      </Show>
    </td>
    <Show when={props.canChange}>
      <td class="w-10 px-1 text-right">
        <RowMenu partner={props.listed.partner} onDelete={props.onDelete} />
      </td>
    </Show>
  </tr>
)

export const PartnerTable = (props: PartnerTableProps) => {
  const { isAdmin } = useUser()
  const [isWhole, setWhole] = createSignal(false)
  const shown = () => (isWhole() ? props.partners : props.partners.slice(0, shownRows))
  // By id, so that a row stays, with its open menu, when something of the partner changes.
  const byId = createMemo(() => new Map(shown().map((listed) => [listed.partner.id, listed])))
  return (
    <div class="card overflow-x-auto">
      <table class="w-full">
        <thead class="text-xs text-muted">
          <tr>
            <SortHeader {...props} name="name">
              Name
            </SortHeader>
            <th scope="col" class="px-3 py-1.5 text-left">
              State
            </th>
            <th scope="col" class="px-3 py-1.5 text-left max-sm:hidden">
              Reached at
            </th>
            <SortHeader {...props} name="timezone" class="max-lg:hidden">
              Time zone
            </SortHeader>
            <th scope="col" class="px-3 py-1.5 text-left max-md:hidden">
              Captured
            </th>
            <SortHeader {...props} name="priority" class="text-right! max-md:hidden">
              Priority
            </SortHeader>
            <SortHeader {...props} name="sync" class="max-sm:hidden">
              Last capture
            </SortHeader>
            <Show when={isAdmin()}>
              <td />
            </Show>
          </tr>
        </thead>
        <tbody>
          <For each={shown().map(({ partner }) => partner.id)}>
            {(id) => (
              <Show when={byId().get(id)}>
                {(listed) => <Row listed={listed()} canChange={isAdmin()} onDelete={() => props.onDelete(listed().partner)} />}
              </Show>
            )}
          </For>
        </tbody>
      </table>
      <Show when={props.partners.length > shown().length}>
        <div class="border-t border-line p-2 text-center">
          <Button look="ghost" onClick={() => setWhole(true)}>
            Show all {props.partners.length} partners
          </Button>
        </div>
      </Show>
    </div>
  )
}
