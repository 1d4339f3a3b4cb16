import { For } from 'solid-js'
import { Menu, type MenuButton, MenuCheck } from '../../../components/menu.tsx'

export type Choice<Value extends string> = {
  all: readonly Value[]
  chosen: readonly Value[]
  nameOf: (value: Value) => string
  onChange: (chosen: Value[]) => void
}

/** A menu of which any number can be chosen. */
export const ChoiceMenu = <Value extends string>(props: MenuButton & { choice: Choice<Value> }) => {
  const isChosen = (value: Value) => props.choice.chosen.includes(value)
  const toggle = (value: Value) => props.choice.onChange(props.choice.all.filter((each) => (each === value) !== isChosen(each)))
  return (
    <Menu {...props}>
      <For each={props.choice.all}>
        {(value) => (
          <MenuCheck checked={isChosen(value)} onChange={() => toggle(value)}>
            {props.choice.nameOf(value)}
          </MenuCheck>
        )}
      </For>
    </Menu>
  )
}
