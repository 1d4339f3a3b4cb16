import { For } from 'solid-js'
import { Menu, type MenuButton, MenuItem } from '../components/menu.tsx'
import { useZone } from '../time/zone-context.tsx'

const own = Intl.DateTimeFormat().resolvedOptions().timeZone
const zones = [...new Set(['America/New_York', 'UTC', own])]

const ZoneMenu = (props: MenuButton) => {
  const { choose } = useZone()
  return (
    <Menu {...props}>
      <For each={zones}>
        {(zone) => (
          <MenuItem onSelect={() => choose(zone)}>
            {zone}
            {zone === own && zone !== 'UTC' ? ' (this computer)' : ''}
          </MenuItem>
        )}
      </For>
    </Menu>
  )
}

export default ZoneMenu
