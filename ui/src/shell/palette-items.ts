import { isolateName } from '../../../shared/isolate-name.ts'
import type { ActionableAlert } from '../alert-actions/actionable-alert.ts'
import type { FleetRow } from '../fleet/fleet.ts'

/** An item of the palette: its words are searched, and `run` does it. */
export type PaletteItem = { id: string; group: 'Pages' | 'Partners' | 'Actions'; label: string; hint?: string; run: () => void }

export type PaletteActions = {
  go: (path: string) => void
  probe: (partnerId: string) => void
  capture: (partnerId: string | null, name: string) => void
  dismiss: (alert: ActionableAlert) => void
}

type Offer = {
  pages: readonly { path: string; name: string }[]
  rows: readonly FleetRow[]
  firing: readonly ActionableAlert[]
  isAdmin: boolean
}

/** Everything that can be chosen; actions only for users who may do them. */
export const paletteItems = ({ pages, rows, firing, isAdmin }: Offer, actions: PaletteActions): PaletteItem[] => [
  ...pages.map(({ path, name }) => ({ id: `page ${path}`, group: 'Pages' as const, label: name, run: () => actions.go(path) })),
  ...rows.map(({ partner }) => ({
    id: `partner ${partner.id}`,
    group: 'Partners' as const,
    label: partner.partnerName,
    hint: partner.ssh.enabled ? partner.ssh.host : partner.db.host,
    run: () => actions.go(`/partners/${partner.id}`),
  })),
  ...(isAdmin
    ? [
        {
          id: 'capture all',
          group: 'Actions' as const,
          label: 'Capture all partners now',
          run: () => actions.capture(null, 'all partners'),
        },
        ...firing.map((alert) => ({
          id: `dismiss ${alert.id}`,
          group: 'Actions' as const,
          label: `Dismiss: ${isolateName(alert.partnerName ?? 'Fleet')}`,
          hint: alert.message,
          run: () => actions.dismiss(alert),
        })),
        ...rows.flatMap(({ partner: { id, partnerName } }) => [
          { id: `probe ${id}`, group: 'Actions' as const, label: `Probe ${isolateName(partnerName)}`, run: () => actions.probe(id) },
          {
            id: `capture ${id}`,
            group: 'Actions' as const,
            label: `Capture ${isolateName(partnerName)} now`,
            run: () => actions.capture(id, partnerName),
          },
        ]),
      ]
    : []),
]

const maxShown = 40

/** The items that hold every word, those whose label begins with the text first. */
export const searchItems = (items: readonly PaletteItem[], text: string): PaletteItem[] => {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const found = items.filter(({ label, hint }) => {
    const searched = `${label} ${hint ?? ''}`.toLowerCase()
    return words.every((word) => searched.includes(word))
  })
  const begins = ({ label }: PaletteItem) => label.toLowerCase().startsWith(words.join(' '))
  return [...found.filter(begins), ...found.filter((item) => !begins(item))].slice(0, maxShown)
}
