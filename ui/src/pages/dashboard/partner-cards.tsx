import { createMemo, For, type JSX, Show } from 'solid-js'
import type { CaptureStep } from '../../fleet/create-capture.ts'
import { CaptureButton } from './capture-button.tsx'
import { createWindowRows } from './create-window-rows.ts'
import { PartnerCell } from './partner-cell.tsx'
import type { PartnerReading } from './partner-reading.ts'
import type { PartnersProps } from './partners-props.ts'

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
  const rows = createWindowRows({ count: () => props.ids.length, rowRem, anchor: () => list })
  const shown = createMemo(() => rows.indexes().flatMap((index) => props.ids[index] ?? []))
  const tabStop = () => (shown().some((id) => id === props.tabStop) ? props.tabStop : shown()[0])
  props.onScrollable(rows.scrollTo)
  return (
    <ul ref={list} aria-label="Partners" style={{ 'padding-top': `${rows.before()}px`, 'padding-bottom': `${rows.after()}px` }}>
      <For each={shown()}>
        {(id) => (
          <Show when={props.reading(id)}>
            {(reading) => (
              <li class="h-42" aria-setsize={props.ids.length} aria-posinset={props.ids.indexOf(id) + 1}>
                <PartnerCard
                  reading={reading()}
                  step={props.captureStep(id)}
                  tabIndex={tabStop() === id ? 0 : -1}
                  onCapture={props.onCapture}
                />
              </li>
            )}
          </Show>
        )}
      </For>
    </ul>
  )
}

export default PartnerCards
