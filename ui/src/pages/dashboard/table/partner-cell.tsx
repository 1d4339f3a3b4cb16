import CircleAlert from 'lucide-solid/icons/circle-alert'
import { type Component, type JSX, Match, Show, Switch } from 'solid-js'
import { LevelBadge, StateBadge } from '../../../components/badge.tsx'
import { Spinner } from '../../../components/spinner.tsx'
import { Time } from '../../../components/time.tsx'
import { UtilizationBar } from '../../../components/utilization-bar.tsx'
import type { CaptureStep } from '../../../fleet/create-capture.ts'
import { useZone } from '../../../time/zone-context.tsx'
import type { PartnerReading } from '../partner-reading.ts'
import type { ColumnName } from './columns.ts'
import { Sparkline } from './sparkline.tsx'

type CellProps = {
  reading: PartnerReading
  /** For the name: whether the Tab key goes to it. */
  tabIndex?: number | undefined
  /** For the capture's time: the progress of one that was started. */
  step?: CaptureStep | undefined
}
type Numbers = NonNullable<PartnerReading['numbers']>

const Unknown = (props: { why: string | null }) => (
  <span title={props.why ?? undefined} class="text-muted">
    <span aria-hidden="true">–</span>
    <span class="sr-only">{props.why ?? 'Unknown'}</span>
  </span>
)

/** What the numbers say, where there are any; muted, and with a note, where they are not current. */
const Known = (props: CellProps & { children: (numbers: () => Numbers) => JSX.Element }) => (
  <Show when={props.reading.numbers} fallback={<Unknown why={props.reading.note} />}>
    {(numbers) => (
      <span title={props.reading.note ?? undefined} class={props.reading.note ? 'text-muted italic' : ''}>
        {props.children(numbers)}
      </span>
    )}
  </Show>
)

const numberFormat = new Intl.NumberFormat('en-US')
const numberCell =
  (pick: (numbers: Numbers) => number): Component<CellProps> =>
  (props) => <Known reading={props.reading}>{(numbers) => <>{numberFormat.format(pick(numbers()))}</>}</Known>

/** The link to the partner, which keys move between. A plain one, which the router takes care of too: a row is to be made fast. */
const NameCell: Component<CellProps> = (props) => (
  <a
    href={`/partners/${props.reading.id}`}
    data-partner={props.reading.id}
    tabindex={props.tabIndex}
    title={props.reading.row.partner.partnerName}
    class="block truncate font-medium hover:underline"
  >
    <bdi>{props.reading.row.partner.partnerName}</bdi>
  </a>
)

const ActiveCell: Component<CellProps> = (props) => (
  <Known reading={props.reading}>
    {(numbers) => (
      <span class="flex items-center justify-between gap-2">
        <span class="numeric">
          {numbers().activeCalls}
          <span class="text-muted"> / {numbers().concurrencyLimit}</span>
        </span>
        <UtilizationBar percent={numbers().utilizationPercent} />
      </span>
    )}
  </Known>
)

const CapturedCell: Component<CellProps> = (props) => {
  const hasFailed = () => ['failing', 'error', 'stale'].includes(props.reading.row.state)
  const failure = () => {
    const { step } = props
    return step?.name === 'failed' ? step.message : null
  }
  return (
    <Switch
      fallback={
        <Show when={props.reading.row.snapshot} fallback={<Unknown why={props.reading.note} />}>
          {(snapshot) => <Time at={snapshot().snapshotTime} class={hasFailed() ? 'text-medium' : 'text-muted'} />}
        </Show>
      }
    >
      <Match when={props.step?.name === 'running'}>
        <span class="flex items-center gap-1.5 text-muted">
          <Spinner />
          Capturing
        </span>
      </Match>
      <Match when={failure()}>
        {(message) => (
          <span title={message()} class="flex items-center gap-1.5 text-high">
            <CircleAlert size={14} aria-hidden="true" />
            Failed<span class="sr-only">: {message()}</span>
          </span>
        )}
      </Match>
    </Switch>
  )
}

const cells: Record<ColumnName, Component<CellProps>> = {
  name: NameCell,
  level: (props) => (
    <Show when={props.reading.level} fallback={<Unknown why={props.reading.note} />}>
      {(level) => <LevelBadge level={level()} title={props.reading.numbers?.alertMessage ?? ''} />}
    </Show>
  ),
  state: (props) => <StateBadge state={props.reading.row.state} title={props.reading.note ?? ''} />,
  running: numberCell((numbers) => numbers.runningCampaigns),
  active: ActiveCell,
  queue: numberCell((numbers) => numbers.queuedCalls),
  completed: numberCell((numbers) => numbers.completedCallsToday),
  remaining: numberCell((numbers) => numbers.remainingCalls),
  trend: (props) => {
    const { now } = useZone()
    return <Sparkline points={props.reading.row.trend} now={now()} />
  },
  captured: CapturedCell,
}

/** What one column says of a partner. */
export const PartnerCell = (props: CellProps & { column: ColumnName }) => {
  const Cell = cells[props.column]
  return <Cell reading={props.reading} tabIndex={props.tabIndex} step={props.step} />
}
