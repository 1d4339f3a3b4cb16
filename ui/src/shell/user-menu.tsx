import LogOut from 'lucide-solid/icons/log-out'
import { useSession, useUser } from '../api/api-context.tsx'
import { Menu, type MenuButton, MenuItem } from '../components/menu.tsx'

const UserMenu = (props: MenuButton) => {
  const session = useSession()
  const { user } = useUser()
  return (
    <Menu {...props}>
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

export default UserMenu
