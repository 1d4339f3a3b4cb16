import { A, useSearchParams } from '@solidjs/router'
import { useQuery } from '@tanstack/solid-query'
import Plus from 'lucide-solid/icons/plus'
import Upload from 'lucide-solid/icons/upload'
import { createMemo, createSignal, Show } from 'solid-js'
import { type PartnerState, partnerStates } from '../../../../shared/partner/partner-state.ts'
import { useClient, useUser } from '../../api/api-context.tsx'
import { stateName } from '../../components/badge.tsx'
import { buttonClass } from '../../components/button.tsx'
import { Page } from '../../components/page.tsx'
import { QueryView } from '../../components/query-view.tsx'
import { SelectField } from '../../components/select-field.tsx'
import { EmptyState, Skeleton } from '../../components/states.tsx'
import { TextField } from '../../components/text-field.tsx'
import { useFleet } from '../../fleet/fleet-context.tsx'
import { arrangePartners, isPartnerSort, type PartnerSort } from './arrange-partners.ts'
import { DeletePartnerDialog } from './delete-partner-dialog.tsx'
import { ExportMenu } from './export-menu.tsx'
import { type PartnerDetails, partnersQuery } from './partner-queries.ts'
import { PartnerTable } from './partner-table.tsx'

const stateOptions = [{ value: 'all' as const, label: 'Any state' }, ...partnerStates.map((value) => ({ value, label: stateName(value) }))]

const NewPartnerLink = () => (
  <A href="/partners/new" class={buttonClass('primary')}>
    <Plus size={16} aria-hidden="true" />
    New partner
  </A>
)

const createListing = () => {
  const [params, setParams] = useSearchParams<{ search: string; state: string; sort: string; order: string }>()
  const sort = (): PartnerSort => (isPartnerSort(params.sort) ? params.sort : 'name')
  const isDescending = () => params.order === 'desc'
  return {
    search: () => params.search ?? '',
    setSearch: (search: string) => setParams({ search }, { replace: true }),
    state: (): PartnerState | null => partnerStates.find((state) => state === params.state) ?? null,
    setState: (state: PartnerState | 'all') => setParams({ state: state === 'all' ? null : state }, { replace: true }),
    sort,
    isDescending,
    sortBy: (name: PartnerSort) => setParams({ sort: name, order: name === sort() && !isDescending() ? 'desc' : null }, { replace: true }),
  }
}

const PartnerList = (props: { partners: readonly PartnerDetails[] }) => {
  const { state } = useFleet()
  const listing = createListing()
  const [doomed, setDoomed] = createSignal<PartnerDetails>()
  const listed = createMemo(() =>
    arrangePartners(
      props.partners.map((partner) => ({ partner, state: state.rows[partner.id]?.state ?? null })),
      { search: listing.search(), state: listing.state(), sort: listing.sort(), isDescending: listing.isDescending() },
    ),
  )
  return (
    <div class="flex flex-col gap-3">
      <div class="flex flex-wrap items-end gap-3">
        <TextField label="Search" type="search" class="w-full sm:w-72" value={listing.search()} onInput={listing.setSearch} />
        <SelectField label="State" class="w-40" options={stateOptions} value={listing.state() ?? 'all'} onChange={listing.setState} />
        <p role="status" class="numeric ml-auto pb-2 text-sm text-muted">
          {listed().length === props.partners.length ? '' : `${listed().length} of `}
          {props.partners.length} {props.partners.length === 1 ? 'partner' : 'partners'}
        </p>
      </div>
      <Show
        when={listed().length > 0}
        fallback={<EmptyState title="No partner matches">Change the search, or choose another state.</EmptyState>}
      >
        <PartnerTable
          partners={listed()}
          sort={listing.sort()}
          isDescending={listing.isDescending()}
          onSort={listing.sortBy}
          onDelete={setDoomed}
        />
      </Show>
      <DeletePartnerDialog partner={doomed()} onClose={() => setDoomed(undefined)} />
    </div>
  )
}

const PartnersPage = () => {
  const client = useClient()
  const { isAdmin } = useUser()
  const query = useQuery(() => partnersQuery(client))
  return (
    <Page
      title="Partners"
      description="The calling platforms that are watched and how each is reached."
      actions={
        <Show when={isAdmin()}>
          <ExportMenu />
          <A href="/partners/import" class={buttonClass()}>
            <Upload size={16} aria-hidden="true" />
            Import
          </A>
          <NewPartnerLink />
        </Show>
      }
    >
      <QueryView query={query} skeleton={<Skeleton lines={8} />}>
        {(partners) => (
          <Show
            when={partners().length > 0}
            fallback={
              <EmptyState title="There are no partners yet" action={isAdmin() ? <NewPartnerLink /> : undefined}>
                {isAdmin()
                  ? 'Create the first one with the address of its SSH server and its database, or import a list.'
                  : 'An administrator has to create the first one.'}
              </EmptyState>
            }
          >
            <PartnerList partners={partners()} />
          </Show>
        )}
      </QueryView>
    </Page>
  )
}

export default PartnersPage
