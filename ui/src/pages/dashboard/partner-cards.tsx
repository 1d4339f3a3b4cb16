import { createMemo, For, type JSX, Show } from 'solid-js'
import type { CaptureStep } from '../../fleet/create-capture.ts'
import { CaptureButton } from './capture-button.tsx'
import type { PartnerReading } from './partner-reading.ts'
import type { PartnersProps } from './partners-props.ts'
import { createWindowRows } from './table/create-window-rows.ts'
import { PartnerCell } from './table/partner-cell.tsx'

const rowRem = 10.5

const Figure = (props: { name: string; children: JSX.Element }) => (
  <div class="min-w-0">
    <dt class="truncate text-xs text-muted">{props.name}</dt>
    <dd class="numeric truncate font-medium">{props.children}</dd>
  </div>
)

const PartnerCard = (props: {
  reading: PartnerReading
  step: CaptureStep | undefined
  tabIndex: number
  onCapture: PartnersProps['onCapture']
}) => (
  <article class="card flex h-40 flex-col justify-between overflow-hidden p-3 text-sm focus-within:bg-accent-soft">
    <header class="flex items-center gap-2">
      <h3 class="min-w-0 flex-1">
        <PartnerCell column="name" reading={props.reading} tabIndex={props.tabIndex} />
      </h3>
      <PartnerCell column="state" reading={props.reading} />
      <Show when={props.reading.level}>
        <PartnerCell column="level" reading={props.reading} />
      </Show>
    </header>
    <PartnerCell column="active" reading={props.reading} />
    <dl class="grid grid-cols-4 gap-2">
      <Figure name="Running">
        <PartnerCell column="running" reading={props.reading} />
      </Figure>
      <Figure name="Queue">
        <PartnerCell column="queue" reading={props.reading} />
      </Figure>
      <Figure name="Completed">
        <PartnerCell column="completed" reading={props.reading} />
      </Figure>
      <Figure name="Remaining">
        <PartnerCell column="remaining" reading={props.reading} />
      </Figure>
    </dl>
    <footer class="flex h-8 items-center justify-between gap-2 text-xs">
      <PartnerCell column="trend" reading={props.reading} />
      <span class="flex items-center gap-1">
        <PartnerCell column="captured" reading={props.reading} step={props.step} />
        <Show when={props.onCapture}>
          {(onCapture) => (
            <CaptureButton
              reading={props.reading}
              isRunning={props.step?.name === 'running'}
              tabIndex={props.tabIndex}
              onCapture={onCapture()}
            />
          )}
        </Show>
      </span>
    </footer>
  </article>
)

/** The partners as cards, for narrow windows; only those in sight are rendered. */
const PartnerCards = (props: PartnersProps) => {
  let list: HTMLUListElement | undefined
  const rows = createWindowRows({ ids: () => props.ids, active: () => props.active, rowRem, anchor: () => list })
  props.onScrollable(rows.scrollTo)
  return (
    <ul ref={list} aria-label="Partners" class="relative" style={{ height: rows.height() }}>
      <For each={rows.slots()}>
        {({ key: id }) => {
          const index = createMemo(() => props.ids.indexOf(id()))
          return (
            <Show when={props.reading(id())}>
              {(reading) => (
                <li
                  class="absolute inset-x-0 h-42 contain-layout contain-size"
                  style={{ top: rows.offset(index()) }}
                  aria-setsize={props.ids.length}
                  aria-posinset={index() + 1}
                >
                  <PartnerCard
                    reading={reading()}
                    step={props.captureStep(id())}
                    tabIndex={rows.tabStop() === id() ? 0 : -1}
                    onCapture={props.onCapture}
                  />
                </li>
              )}
            </Show>
          )
        }}
      </For>
    </ul>
  )
}

export default PartnerCards
