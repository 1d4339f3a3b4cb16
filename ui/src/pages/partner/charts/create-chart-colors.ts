import { createSignal, onCleanup } from 'solid-js'
import type { ChartColor } from './chart-specs.ts'

const tokens = ['accent', 'high', 'ok', 'medium', 'muted', 'critical', 'line', 'surface', 'ink'] as const
type Token = (typeof tokens)[number]
export type ChartColors = { line: (color: ChartColor | Token) => string; soft: (color: ChartColor | Token) => string; font: string }

/** The values of the tokens in the current theme: a canvas does not follow them by itself. */
const readColors = (): ChartColors => {
  const probe = document.createElement('span')
  document.body.append(probe)
  const resolve = (value: string) => {
    probe.style.color = value
    return getComputedStyle(probe).color
  }
  const colors = new Map<string, { line: string; soft: string }>(
    tokens.map((token) => [
      token,
      {
        line: resolve(`var(--color-${token})`),
        soft: resolve(`color-mix(in srgb, var(--color-${token}) 16%, transparent)`),
      },
    ]),
  )
  const font = `11px ${getComputedStyle(document.body).fontFamily}`
  probe.remove()
  return { line: (token) => colors.get(token)?.line ?? '', soft: (token) => colors.get(token)?.soft ?? '', font }
}

/** The colours of the charts, read again when the theme changes, chosen or the system's. */
export const createChartColors = () => {
  const [colors, setColors] = createSignal(readColors())
  const refresh = () => setColors(readColors())
  const system = matchMedia('(prefers-color-scheme: dark)')
  system.addEventListener('change', refresh)
  const chosen = new MutationObserver(refresh)
  chosen.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
  onCleanup(() => {
    system.removeEventListener('change', refresh)
    chosen.disconnect()
  })
  return colors
}
