import CalendarCheck from 'lucide-solid/icons/calendar-check'
import CalendarClock from 'lucide-solid/icons/calendar-clock'
import Pencil from 'lucide-solid/icons/pencil'
import Trash from 'lucide-solid/icons/trash'
import Wrench from 'lucide-solid/icons/wrench'
import { For, Show } from 'solid-js'
import { useUser } from '../../../api/api-context.tsx'
import { Badge } from '../../../components/badge.tsx'
import { IconButton } from '../../../components/button.tsx'
import { DataTable } from '../../../components/data-table.tsx'
import { Time } from '../../../components/time.tsx'
import { formatDuration } from '../../../time/format-time.ts'
import type { MaintenanceView } from '../alert-views.ts'
import { createPartnerNames } from '../create-partner-names.ts'
import { describePartners } from '../describe-partners.ts'

const StateCell = (props: { window: MaintenanceView }) => (
  <Show
    when={props.window.next}
    fallback={
      <Badge tone="idle" icon={CalendarCheck}>
        Over
      </Badge>
    }
  >
    {(next) => (
      <Show
        when={props.window.isOpen}
        fallback={
          <Badge tone="accent" icon={CalendarClock}>
            Opens <Time at={next().from} />
          </Badge>
        }
      >
        <Badge tone="medium" icon={Wrench}>
          Open, ends <Time at={next().to} />
        </Badge>
      </Show>
    )}
  </Show>
)

const ScheduleCell = (props: { window: MaintenanceView }) => {
  const once = () => (props.window.schedule.type === 'once' ? props.window.schedule : null)
  const recurring = () => (props.window.schedule.type === 'recurring' ? props.window.schedule : null)
  return (
    <>
      <Show when={once()}>
        {(schedule) => (
          <>
            <Time at={schedule().from} exact /> – <Time at={schedule().to} exact />
          </>
        )}
      </Show>
      <Show when={recurring()}>
        {(schedule) => (
          <>
            <code class="font-mono">{schedule().cron}</code> ({schedule().timezone}), for{' '}
            <span class="numeric">{formatDuration(schedule().durationMinutes * 60_000)}</span>
            <Show when={props.window.next}>
              {(next) => (
                <span class="block text-xs text-muted">
                  next: <Time at={next().from} exact />
                </span>
              )}
            </Show>
          </>
        )}
      </Show>
    </>
  )
}

export const MaintenanceTable = (props: {
  windows: readonly MaintenanceView[]
  onEdit: (window: MaintenanceView) => void
  onDelete: (window: MaintenanceView) => void
}) => {
  const { isAdmin } = useUser()
  const { nameOf } = createPartnerNames()
  return (
    <div class="card overflow-x-auto">
      <DataTable columns={['Window', 'State', 'When', 'Partners']} hasActions={isAdmin()}>
        <For each={props.windows}>
          {(window) => (
            <tr>
              <td>
                <span class="font-semibold">{window.name}</span>
                <span class="block text-xs text-muted">
                  by {window.createdBy}, <Time at={window.createdAt} />
                </span>
              </td>
              <td>
                <StateCell window={window} />
              </td>
              <td>
                <ScheduleCell window={window} />
              </td>
              <td>{describePartners(window.partnerIds, nameOf)}</td>
              <Show when={isAdmin()}>
                <td>
                  <div class="flex gap-1 md:justify-end">
                    <IconButton label={`Edit ${window.name}`} onClick={() => props.onEdit(window)}>
                      <Pencil size={15} aria-hidden="true" />
                    </IconButton>
                    <IconButton label={`Delete ${window.name}`} onClick={() => props.onDelete(window)}>
                      <Trash size={15} aria-hidden="true" />
                    </IconButton>
                  </div>
                </td>
              </Show>
            </tr>
          )}
        </For>
      </DataTable>
    </div>
  )
}
