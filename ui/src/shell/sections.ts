import Bell from 'lucide-solid/icons/bell'
import LayoutDashboard from 'lucide-solid/icons/layout-dashboard'
import Server from 'lucide-solid/icons/server'
import Settings from 'lucide-solid/icons/settings'

/** The main screens, in the order of the navigation; `key` follows `g`. */
export const sections = [
  { path: '/', name: 'Dashboard', icon: LayoutDashboard, key: 'd' },
  { path: '/partners', name: 'Partners', icon: Server, key: 'p' },
  { path: '/alerts', name: 'Alerts', icon: Bell, key: 'a' },
  { path: '/settings', name: 'Settings', icon: Settings, key: 's' },
] as const
