import { For } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import { Menu, type MenuButton, MenuItem } from '../components/menu.tsx'
import { type ThemeChoice, themes } from './create-theme.ts'

export const ThemeMenu = (props: MenuButton & { choice: ThemeChoice }) => (
  <Menu {...props}>
    <For each={themes}>
      {(each) => (
        <MenuItem onSelect={() => props.choice.choose(each.theme)}>
          <Dynamic component={each.icon} size={15} aria-hidden="true" />
          {each.name}
        </MenuItem>
      )}
    </For>
  </Menu>
)
