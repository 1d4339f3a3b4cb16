import type { MetricName } from '../../../../../shared/snapshot/snapshot.ts'

/** The colours of the charts, by the name of their token. */
export type ChartColor = 'accent' | 'high' | 'ok' | 'medium' | 'muted'
type ChartLine = { metric: MetricName; label: string; color: ChartColor; isLimit?: boolean }
export type ChartSpec = { title: string; unit: string; lines: readonly ChartLine[]; leastMax: number }

const number = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 })

/** A value with its unit. */
export const formatValue = (value: number, unit: string): string => `${number.format(value)}${unit && ` ${unit}`}`

/** The charts, from top to bottom. `leastMax`: the least end of the scale, so that a few calls do not look like many. */
export const chartSpecs: readonly ChartSpec[] = [
  {
    title: 'Calls',
    unit: '',
    leastMax: 5,
    lines: [
      { metric: 'activeCalls', label: 'Active', color: 'accent' },
      { metric: 'concurrencyLimit', label: 'Limit', color: 'high', isLimit: true },
    ],
  },
  { title: 'Queue', unit: '', leastMax: 10, lines: [{ metric: 'queuedCalls', label: 'Queued', color: 'medium' }] },
  { title: 'Utilization', unit: '%', leastMax: 100, lines: [{ metric: 'utilizationPercent', label: 'Utilization', color: 'accent' }] },
  { title: 'Completed today', unit: '', leastMax: 10, lines: [{ metric: 'completedCallsToday', label: 'Completed', color: 'ok' }] },
  { title: 'Capture time', unit: 'ms', leastMax: 50, lines: [{ metric: 'captureMs', label: 'Capture', color: 'muted' }] },
]
