import { A } from '@solidjs/router'
import CircleUser from 'lucide-solid/icons/circle-user'
import Clock from 'lucide-solid/icons/clock'
import { Dynamic } from 'solid-js/web'
import { useUser } from '../api/api-context.tsx'
import { buttonClass } from '../components/button.tsx'
import { LazyMenu } from '../components/lazy-menu.tsx'
import { formatZone } from '../time/format-time.ts'
import { useZone } from '../time/zone-context.tsx'
import { ConnectionBadge } from './connection-badge.tsx'
import { createTheme, themes } from './create-theme.ts'
import { Navigation } from './navigation.tsx'

const iconButton = `${buttonClass('ghost', 'small')} w-8 px-0!`

const HeaderMenus = () => {
  const choice = createTheme()
  const theme = () => themes.find((each) => each.theme === choice.theme()) ?? themes[0]
  const { zone, now } = useZone()
  const { user } = useUser()
  return (
    <>
      <LazyMenu
        label={`${formatZone(now(), zone())}: times are shown in ${zone()}`}
        triggerClass={buttonClass('ghost', 'small')}
        trigger={
          <>
            <Clock size={15} aria-hidden="true" />
            <span class="numeric text-xs">{formatZone(now(), zone())}</span>
          </>
        }
        load={() => import('./zone-menu.tsx')}
      />
      <LazyMenu
        label={`Theme: ${theme()?.name}`}
        triggerClass={iconButton}
        trigger={<Dynamic component={theme()?.icon} size={17} aria-hidden="true" />}
        load={async () => {
          const { ThemeMenu } = await import('./theme-menu.tsx')
          return { default: (props) => <ThemeMenu {...props} choice={choice} /> }
        }}
      />
      <LazyMenu
        label={`Signed in as ${user().username}`}
        triggerClass={iconButton}
        trigger={<CircleUser size={18} aria-hidden="true" />}
        load={() => import('./user-menu.tsx')}
      />
    </>
  )
}

export const Header = () => (
  <header class="sticky top-0 z-30 border-b border-line bg-surface">
    <div class="mx-auto flex h-13 max-w-[1500px] items-center gap-2 px-3 sm:gap-4 sm:px-6">
      <A href="/" class="flex items-center gap-2 font-semibold whitespace-nowrap">
        <img src="/icon.svg" alt="" width="22" height="22" />
        JobTalk <span class="max-sm:sr-only">Admin</span>
      </A>
      <Navigation placement="header" />
      <div class="ml-auto flex items-center gap-1">
        <ConnectionBadge />
        <HeaderMenus />
      </div>
    </div>
  </header>
)
