import { useNavigate } from '@solidjs/router'
import { createSignal, lazy, Show } from 'solid-js'
import { useAlertActions } from '../alert-actions/alert-actions-context.tsx'
import { useClient, useUser } from '../api/api-context.tsx'
import { read } from '../api/client.ts'
import { LoadedParts } from '../components/loaded-parts.tsx'
import { toastDone, toastError } from '../components/toast.tsx'
import { useFleet } from '../fleet/fleet-context.tsx'
import { createShortcuts } from './create-shortcuts.ts'
import { keepTyped } from './keep-typed.ts'
import { paletteItems } from './palette-items.ts'
import { sections } from './sections.ts'

const CommandPalette = lazy(() => import('./command-palette.tsx'))
const KeysHelp = lazy(() => import('./keys-help.tsx'))

const subpages = [
  { path: '/alerts/maintenance', name: 'Alerts: maintenance windows' },
  { path: '/alerts/rules', name: 'Alerts: rules' },
  { path: '/alerts/channels', name: 'Alerts: channels' },
  { path: '/alerts/deliveries', name: 'Alerts: deliveries' },
  { path: '/settings/password', name: 'Settings: password' },
  { path: '/settings/sessions', name: 'Settings: sessions' },
]
const adminPages = [
  { path: '/settings/operation', name: 'Settings: operation' },
  { path: '/settings/users', name: 'Settings: users' },
  { path: '/settings/tokens', name: 'Settings: service tokens' },
  { path: '/settings/audit', name: 'Settings: audit log' },
]

/** The keys of every screen, and what they open: the command palette and the list of keys. */
export const Palette = () => {
  const navigate = useNavigate()
  const client = useClient()
  const fleet = useFleet()
  const { isAdmin } = useUser()
  const { dismiss } = useAlertActions()
  let typed: ReturnType<typeof keepTyped> | undefined
  const [open, setOpen] = createSignal<'palette' | 'help'>()
  createShortcuts({
    onPalette: () => {
      if (open() === 'palette') return
      typed = keepTyped()
      setOpen('palette')
    },
    onHelp: () => setOpen('help'),
    onGo: (key) => {
      const section = sections.find((each) => each.key === key)
      if (section) navigate(section.path)
    },
  })

  const capture = async (partnerId: string | null, name: string) => {
    try {
      const { results } = await read(client.snapshots.capture.$post({ json: partnerId === null ? {} : { partnerIds: [partnerId] } }))
      const failed = results.filter((result) => !result.ok).length
      toastDone(failed === 0 ? `Captured ${name}.` : `${failed} of ${results.length} captures of ${name} failed.`)
      await fleet.refresh()
    } catch (error) {
      toastError(error)
    }
  }
  const items = () =>
    paletteItems(
      {
        pages: [...sections, ...subpages, ...(isAdmin() ? adminPages : [])],
        rows: fleet.state.ids.flatMap((id) => fleet.state.rows[id] ?? []),
        firing: fleet.state.firing?.alerts ?? [],
        isAdmin: isAdmin(),
      },
      {
        go: navigate,
        probe: (id) => navigate(`/partners/${id}`, { state: { probe: true } }),
        capture,
        dismiss,
      },
    )
  const close = () => {
    typed?.take()
    setOpen(undefined)
  }

  return (
    <LoadedParts onFailed={close}>
      <Show when={open() === 'palette'}>
        <CommandPalette items={items()} takeTyped={() => typed?.take() ?? ''} onClose={close} />
      </Show>
      <Show when={open() === 'help'}>
        <KeysHelp onClose={close} />
      </Show>
    </LoadedParts>
  )
}
