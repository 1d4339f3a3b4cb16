import CircleUser from 'lucide-solid/icons/circle-user'
import Clock from 'lucide-solid/icons/clock'
import LogOut from 'lucide-solid/icons/log-out'
import Moon from 'lucide-solid/icons/moon'
import Sun from 'lucide-solid/icons/sun'
import SunMoon from 'lucide-solid/icons/sun-moon'
import { For } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import { useSession, useUser } from '../api/api-context.tsx'
import { buttonClass } from '../components/button.tsx'
import { Menu, MenuItem } from '../components/menu.tsx'
import { formatZone } from '../time/format-time.ts'
import { useZone } from '../time/zone-context.tsx'
import { createTheme, type Theme } from './create-theme.ts'

const themes: readonly { theme: Theme; name: string; icon: typeof Sun }[] = [
  { theme: 'system', name: 'Like the system', icon: SunMoon },
  { theme: 'light', name: 'Light', icon: Sun },
  { theme: 'dark', name: 'Dark', icon: Moon },
]

const ThemeMenu = () => {
  const { theme, choose } = createTheme()
  const current = () => themes.find((each) => each.theme === theme())
  return (
    <Menu
      label={`Theme: ${current()?.name}`}
      trigger={<Dynamic component={current()?.icon ?? SunMoon} size={17} aria-hidden="true" />}
      triggerClass={`${buttonClass('ghost', 'small')} w-8 px-0!`}
    >
      <For each={themes}>
        {(each) => (
          <MenuItem onSelect={() => choose(each.theme)}>
            <Dynamic component={each.icon} size={15} aria-hidden="true" />
            {each.name}
          </MenuItem>
        )}
      </For>
    </Menu>
  )
}

const ZoneMenu = () => {
  const { zone, choose, now } = useZone()
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone
  const zones = [...new Set(['America/New_York', 'UTC', own])]
  return (
    <Menu
      label={`Times are shown in ${zone()}`}
      triggerClass={buttonClass('ghost', 'small')}
      trigger={
        <>
          <Clock size={15} aria-hidden="true" />
          <span class="numeric text-xs">{formatZone(now(), zone())}</span>
        </>
      }
    >
      <For each={zones}>
        {(each) => (
          <MenuItem onSelect={() => choose(each)}>
            {each}
            {each === own && each !== 'UTC' ? ' (this computer)' : ''}
          </MenuItem>
        )}
      </For>
    </Menu>
  )
}

const UserMenu = () => {
  const session = useSession()
  const { user } = useUser()
  return (
    <Menu
      label={`Signed in as ${user().username}`}
      triggerClass={`${buttonClass('ghost', 'small')} w-8 px-0!`}
      trigger={<CircleUser size={18} aria-hidden="true" />}
    >
      <div class="px-2 py-1.5 text-sm">
        <div class="font-medium">{user().username}</div>
        <div class="text-xs text-muted">{user().role === 'ADMIN' ? 'Administrator' : 'Viewer'}</div>
      </div>
      <MenuItem onSelect={() => void session.signOut()}>
        <LogOut size={15} aria-hidden="true" />
        Sign out
      </MenuItem>
    </Menu>
  )
}

/** Zone, theme and user; loaded after the screen, as menus need much code. */
const HeaderMenus = () => (
  <>
    <ZoneMenu />
    <ThemeMenu />
    <UserMenu />
  </>
)

export default HeaderMenus
