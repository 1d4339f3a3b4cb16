import { A } from '@solidjs/router'
import { lazy, Suspense } from 'solid-js'
import { ConnectionBadge } from './connection-badge.tsx'
import { Navigation } from './navigation.tsx'

const HeaderMenus = lazy(() => import('./header-menus.tsx'))

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
        <div class="flex h-8 min-w-36 items-center justify-end gap-1">
          <Suspense>
            <HeaderMenus />
          </Suspense>
        </div>
      </div>
    </div>
  </header>
)
