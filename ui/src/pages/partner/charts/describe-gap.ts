import { reasonWords } from '../../../probe/probe-words.ts'
import type { ChartGap } from './chart-data.ts'

/** What a gap is called where it is read. */
export const describeGap = (gap: ChartGap): string => {
  if (gap.reason === null) return 'Nothing was captured'
  const failures = `${gap.failed} ${gap.failed === 1 ? 'capture' : 'captures'} failed`
  return `${reasonWords(gap.reason).title} (${failures}${gap.isPartial ? ', others worked' : ''})`
}
