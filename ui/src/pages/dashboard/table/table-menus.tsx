import ChevronDown from 'lucide-solid/icons/chevron-down'
import Columns3 from 'lucide-solid/icons/columns-3'
import { Show } from 'solid-js'
import { partnerStates } from '../../../../../shared/partner/partner-state.ts'
import { levelName, stateName } from '../../../components/badge.tsx'
import { buttonClass } from '../../../components/button.tsx'
import { LazyMenu } from '../../../components/lazy-menu.tsx'
import type { MenuButton } from '../../../components/menu.tsx'
import { levels } from '../partner-reading.ts'
import type { Choice } from './choice-menu.tsx'
import { columnNames, columns } from './columns.ts'
import type { TableView } from './table-view.ts'

const loadMenu =
  <Value extends string>(choice: Choice<Value>) =>
  async () => {
    const { ChoiceMenu } = await import('./choice-menu.tsx')
    return { default: (props: MenuButton) => <ChoiceMenu {...props} choice={choice} /> }
  }

const FilterMenu = <Value extends string>(props: { label: string; choice: Choice<Value> }) => {
  const chosen = () => (props.choice.chosen.length === 0 ? 'all' : props.choice.chosen.map(props.choice.nameOf).join(', '))
  return (
    <LazyMenu
      label={`${props.label} ${chosen()}`}
      triggerClass={buttonClass('secondary')}
      trigger={
        <>
          {props.label} <span class="max-w-40 truncate text-muted">{chosen()}</span>
          <ChevronDown size={14} aria-hidden="true" class="text-muted" />
        </>
      }
      load={loadMenu(props.choice)}
    />
  )
}

/** Which levels, states and columns are shown. */
export const TableMenus = (props: { view: TableView; hasColumns: boolean; onChange: (change: Partial<TableView>) => void }) => (
  <>
    <FilterMenu
      label="Level"
      choice={{
        all: levels,
        get chosen() {
          return props.view.levels
        },
        nameOf: levelName,
        onChange: (chosen) => props.onChange({ levels: chosen }),
      }}
    />
    <FilterMenu
      label="State"
      choice={{
        all: partnerStates,
        get chosen() {
          return props.view.states
        },
        nameOf: stateName,
        onChange: (chosen) => props.onChange({ states: chosen }),
      }}
    />
    <Show when={props.hasColumns}>
      <LazyMenu
        label="Columns"
        triggerClass={`${buttonClass('secondary')} w-9 px-0!`}
        trigger={<Columns3 size={16} aria-hidden="true" />}
        load={loadMenu({
          all: columnNames.filter((name) => name !== 'name'),
          get chosen() {
            return props.view.columns
          },
          nameOf: (name) => columns[name].title,
          onChange: (chosen) => props.onChange({ columns: ['name', ...chosen] }),
        })}
      />
    </Show>
  </>
)
