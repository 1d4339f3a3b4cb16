import { useNavigate, useSearchParams } from '@solidjs/router'
import { createMemo, lazy, onCleanup, onMount, Show, Suspense } from 'solid-js'
import { EmptyState, Skeleton } from '../../components/states.tsx'
import type { Fleet } from '../../fleet/fleet.ts'
import { useZone } from '../../time/zone-context.tsx'
import { createMediaQuery } from './create-media-query.ts'
import { type PartnerReading, readPartner, worstLevels } from './partner-reading.ts'
import type { PartnersProps } from './partners-props.ts'
import { createRowKeys } from './table/create-row-keys.ts'
import { createStableOrder } from './table/create-stable-order.ts'
import { PartnerTable } from './table/partner-table.tsx'
import { TableToolbar } from './table/table-toolbar.tsx'
import { arrange, parseView, type TableView, type ViewParams, viewParams } from './table/table-view.ts'

const PartnerCards = lazy(() => import('./partner-cards.tsx'))

/** All partners: filtered, sorted and shown as the address says. */
export const PartnersSection = (props: {
  fleet: Fleet
  isCurrent: boolean
  captureStep: PartnersProps['captureStep']
  onCapture: PartnersProps['onCapture']
}) => {
  const navigate = useNavigate()
  const [params, setParams] = useSearchParams<ViewParams>()
  const isNarrow = createMediaQuery('(max-width: 47.99rem)')
  const view = createMemo(() => parseView(params))
  const change = (part: Partial<TableView>) => setParams(viewParams({ ...view(), ...part }), { replace: true })

  const { now } = useZone()
  const minute = createMemo(() => Math.floor(now() / 60_000) * 60_000)
  const levels = createMemo(() => worstLevels(props.fleet.firing, minute()))
  const readings = createMemo(
    (): ReadonlyMap<string, PartnerReading> =>
      new Map(
        props.fleet.ids.flatMap((id) => {
          const row = props.fleet.rows[id]
          return row ? [[id, readPartner(row, levels(), props.isCurrent)] as const] : []
        }),
      ),
  )
  const order = createStableOrder({
    fresh: createMemo(() => arrange([...readings().values()], view())),
    exists: (id) => readings().has(id),
    question: () => [view().text, view().levels, view().states, view().sort],
  })
  // Nobody reads a page that is not in sight.
  const applyWhenHidden = () => document.visibilityState === 'hidden' && order.apply()
  onMount(() => document.addEventListener('visibilitychange', applyWhenHidden))
  onCleanup(() => document.removeEventListener('visibilitychange', applyWhenHidden))

  let filter: HTMLInputElement | undefined
  let scrollTo = (_index: number) => {}
  const keys = createRowKeys({ ids: order.ids, scrollTo: (index) => scrollTo(index), filter: () => filter })
  const shared: PartnersProps = {
    get view() {
      return view()
    },
    get ids() {
      return order.ids()
    },
    reading: (id) => readings().get(id),
    captureStep: (id) => props.captureStep(id),
    get onCapture() {
      return props.onCapture
    },
    get active() {
      return keys.active()
    },
    onSort: (sort) => change({ sort }),
    onOpen: (id, event) => {
      if (event.target instanceof Element && event.target.closest('a, button')) return
      navigate(`/partners/${id}`)
    },
    onScrollable: (next) => {
      scrollTo = next
    },
  }
  return (
    <section aria-label="Partners">
      <TableToolbar
        view={view()}
        shown={order.ids().length}
        total={props.fleet.ids.length}
        isNarrow={isNarrow()}
        isOutdated={order.isOutdated()}
        filterRef={(input) => {
          filter = input
        }}
        onChange={change}
        onApply={order.apply}
      />
      <Show when={order.ids().length > 0} fallback={<EmptyState title="No partner matches">Clear the filters to see all.</EmptyState>}>
        <Show when={isNarrow()} fallback={<PartnerTable {...shared} />}>
          <Suspense fallback={<Skeleton />}>
            <PartnerCards {...shared} />
          </Suspense>
        </Show>
      </Show>
    </section>
  )
}
