import { A } from '@solidjs/router'
import CircleCheck from 'lucide-solid/icons/circle-check'
import CirclePause from 'lucide-solid/icons/circle-pause'
import Megaphone from 'lucide-solid/icons/megaphone'
import Pencil from 'lucide-solid/icons/pencil'
import Send from 'lucide-solid/icons/send'
import Trash from 'lucide-solid/icons/trash'
import TriangleAlert from 'lucide-solid/icons/triangle-alert'
import { createSignal, For, Show } from 'solid-js'
import { useClient, useUser } from '../../../api/api-context.tsx'
import { read } from '../../../api/client.ts'
import { Badge, LevelBadge } from '../../../components/badge.tsx'
import { Button, IconButton } from '../../../components/button.tsx'
import { Time } from '../../../components/time.tsx'
import { toastError } from '../../../components/toast.tsx'
import type { ChannelView } from '../alert-views.ts'
import { createPartnerNames } from '../create-partner-names.ts'
import { describePartners } from '../describe-partners.ts'
import { channelTypeName } from './channel-types.ts'

/** The address of a channel, as far as it is shown. */
const targetOf = ({ config }: ChannelView): string => {
  if ('to' in config) return config.to.join(', ')
  return 'url' in config ? config.url : 'address stored'
}

/** Sends a real message and shows what the provider answered. */
const TestButton = (props: { channel: ChannelView }) => {
  const client = useClient()
  const [isBusy, setBusy] = createSignal(false)
  const [result, setResult] = createSignal<{ ok: boolean; code: string; message: string }>()
  const send = async () => {
    setBusy(true)
    setResult(undefined)
    try {
      setResult(await read(client.alerts.channels[':id'].test.$post({ param: { id: props.channel.id } })))
    } catch (error) {
      toastError(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      <Button size="small" busy={isBusy()} onClick={send} aria-label={`Test ${props.channel.name}`}>
        <Send size={14} aria-hidden="true" />
        Test
      </Button>
      <p role="status" class="order-last w-full text-sm md:text-right">
        <Show when={result()}>
          {(answer) => (
            <span class={answer().ok ? 'text-ok' : 'text-critical'}>
              <span class="numeric font-semibold">
                {answer().ok ? 'Answered' : 'Failed:'} {answer().code}
              </span>
              . {answer().message}
            </span>
          )}
        </Show>
      </p>
    </>
  )
}

export const ChannelRow = (props: { channel: ChannelView; onEdit: () => void; onDelete: () => void }) => {
  const { isAdmin } = useUser()
  const { nameOf } = createPartnerNames()
  return (
    <tr>
      <td>
        <span class="font-semibold">{props.channel.name}</span>
        <span class="block text-xs break-all text-muted">
          {channelTypeName(props.channel.type)} · {targetOf(props.channel)}
        </span>
      </td>
      <td>
        <div class="flex flex-wrap gap-1.5">
          <For each={props.channel.levels}>{(level) => <LevelBadge level={level} />}</For>
        </div>
      </td>
      <td>{describePartners(props.channel.partnerIds, nameOf)}</td>
      <td>
        <div class="flex flex-wrap gap-1.5">
          <Show
            when={props.channel.isActive}
            fallback={
              <Badge tone="idle" icon={CirclePause}>
                Off
              </Badge>
            }
          >
            <Badge tone="ok" icon={CircleCheck}>
              Active
            </Badge>
          </Show>
          <Show when={props.channel.isEscalation}>
            <Badge tone="accent" icon={Megaphone}>
              Escalation
            </Badge>
          </Show>
        </div>
        <Show when={props.channel.problem}>
          {(problem) => (
            <p class="mt-1.5 flex max-w-80 items-start gap-1.5 text-sm text-critical">
              <TriangleAlert size={15} aria-hidden="true" class="mt-0.5 shrink-0" />
              <span>
                Refused <Time at={problem().at} />: {problem().code}, {problem().message}{' '}
                <A href={`/alerts/deliveries?state=dead&channel=${props.channel.id}`} class="underline">
                  Dead deliveries
                </A>
              </span>
            </p>
          )}
        </Show>
      </td>
      <Show when={isAdmin()}>
        <td>
          <div class="flex flex-wrap items-center gap-1.5 md:justify-end">
            <TestButton channel={props.channel} />
            <IconButton label={`Edit ${props.channel.name}`} onClick={props.onEdit}>
              <Pencil size={15} aria-hidden="true" />
            </IconButton>
            <IconButton label={`Delete ${props.channel.name}`} onClick={props.onDelete}>
              <Trash size={15} aria-hidden="true" />
            </IconButton>
          </div>
        </td>
      </Show>
    </tr>
  )
}
