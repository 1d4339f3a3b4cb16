import BellOff from 'lucide-solid/icons/bell-off'
import BellRing from 'lucide-solid/icons/bell-ring'
import CircleCheck from 'lucide-solid/icons/circle-check'
import CircleX from 'lucide-solid/icons/circle-x'
import Hand from 'lucide-solid/icons/hand'
import Megaphone from 'lucide-solid/icons/megaphone'
import RefreshCw from 'lucide-solid/icons/refresh-cw'
import Send from 'lucide-solid/icons/send'
import Siren from 'lucide-solid/icons/siren'
import { For, Show } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import { tones } from '../../../components/badge.tsx'
import { Time } from '../../../components/time.tsx'
import type { TimelineEntry } from './build-timeline.ts'

const icons: Record<TimelineEntry['kind'], typeof Send> = {
  fired: Siren,
  notified: BellRing,
  repeated: BellRing,
  escalated: Megaphone,
  acknowledged: Hand,
  dismissed: BellOff,
  undismissed: BellRing,
  resolved: CircleCheck,
  sent: Send,
  retried: RefreshCw,
  dead: CircleX,
}

export const Timeline = (props: { entries: readonly TimelineEntry[] }) => (
  <ol class="flex flex-col">
    <For each={props.entries}>
      {(entry, index) => (
        <li class="flex gap-3">
          <div aria-hidden="true" class="flex flex-col items-center">
            <span class={`rounded-full p-1.5 ${tones[entry.tone]}`}>
              <Dynamic component={icons[entry.kind]} size={15} />
            </span>
            <Show when={index() < props.entries.length - 1}>
              <span class="w-px flex-1 bg-line" />
            </Show>
          </div>
          <div class="min-w-0 flex-1 pb-4">
            <div class="flex flex-wrap items-baseline justify-between gap-x-3">
              <p class="text-sm font-medium">{entry.title}</p>
              <Time at={entry.at} exact class="text-xs text-muted" />
            </div>
            <Show when={entry.detail}>
              <p class="text-sm break-words text-muted">{entry.detail}</p>
            </Show>
          </div>
        </li>
      )}
    </For>
  </ol>
)
