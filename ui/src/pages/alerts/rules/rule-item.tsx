import ArrowDown from 'lucide-solid/icons/arrow-down'
import ArrowUp from 'lucide-solid/icons/arrow-up'
import Pencil from 'lucide-solid/icons/pencil'
import Trash from 'lucide-solid/icons/trash'
import { Show } from 'solid-js'
import { useUser } from '../../../api/api-context.tsx'
import { LevelBadge } from '../../../components/badge.tsx'
import { IconButton } from '../../../components/button.tsx'
import { CheckField } from '../../../components/check-field.tsx'
import type { RuleView } from '../alert-views.ts'
import { describeConditions, describePatience } from './describe-rule.ts'

type RuleItemProps = {
  rule: RuleView
  position: number
  count: number
  onToggle: (isOn: boolean) => void
  onMove: (by: -1 | 1) => void
  onEdit: () => void
  onRemove: () => void
}

/** A rule in its place. Alt and an arrow key move it while something in it has the focus. */
export const RuleItem = (props: RuleItemProps) => {
  const { isAdmin } = useUser()
  const moveByKey = (event: KeyboardEvent) => {
    if (!isAdmin() || !event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return
    event.preventDefault()
    props.onMove(event.key === 'ArrowUp' ? -1 : 1)
  }
  return (
    <li
      data-rule={props.rule.id}
      onKeyDown={moveByKey}
      class="flex flex-wrap items-start gap-x-4 gap-y-2 border-t border-line p-3 first:border-t-0"
    >
      <span class="numeric w-6 pt-0.5 text-right text-sm text-muted">{props.position}.</span>
      <div class="min-w-60 flex-1">
        <div class="flex flex-wrap items-center gap-2">
          <LevelBadge level={props.rule.level} />
          <span class="font-semibold break-all">{props.rule.id}</span>
          <Show when={!props.rule.isOn}>
            <span class="text-sm text-muted">(off)</span>
          </Show>
        </div>
        <p class={`mt-1 text-sm ${props.rule.isOn ? '' : 'text-muted'}`}>{describeConditions(props.rule.conditions)}</p>
        <p class="mt-0.5 text-xs text-muted">
          “{props.rule.message}”; {describePatience(props.rule)}
        </p>
      </div>
      <Show when={isAdmin()}>
        <div class="flex items-center gap-1 max-sm:pl-9">
          <div class="mr-2">
            <CheckField label="On" checked={props.rule.isOn} onChange={props.onToggle} />
          </div>
          <IconButton label={`Move ${props.rule.id} up`} data-move="-1" disabled={props.position === 1} onClick={() => props.onMove(-1)}>
            <ArrowUp size={15} aria-hidden="true" />
          </IconButton>
          <IconButton
            label={`Move ${props.rule.id} down`}
            data-move="1"
            disabled={props.position === props.count}
            onClick={() => props.onMove(1)}
          >
            <ArrowDown size={15} aria-hidden="true" />
          </IconButton>
          <IconButton label={`Edit ${props.rule.id}`} onClick={props.onEdit}>
            <Pencil size={15} aria-hidden="true" />
          </IconButton>
          <IconButton label={`Remove ${props.rule.id}`} onClick={props.onRemove}>
            <Trash size={15} aria-hidden="true" />
          </IconButton>
        </div>
      </Show>
    </li>
  )
}
