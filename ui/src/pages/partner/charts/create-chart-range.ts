import { useSearchParams } from '@solidjs/router'
import { createSignal } from 'solid-js'
import { limitSpan, type Preset, readPreset, readZoom, type Span } from './chart-range.ts'

/** The range of the charts, kept in the URL: a range up to now, or the span that the user zoomed to. */
export const createChartRange = (now: () => number) => {
  const [params, setParams] = useSearchParams<{ range: string; from: string; to: string }>()
  const [dragged, setDragged] = createSignal<Span>()
  const show = (span: Span) => {
    const { from, to } = limitSpan(span, now())
    setParams({ from: new Date(from).toISOString(), to: new Date(to).toISOString() })
  }
  return {
    preset: () => readPreset(params.range),
    zoom: () => readZoom(params.from, params.to),
    /** Where the charts are while they are dragged. */
    dragged,
    show,
    pan: (span: Span, isDone: boolean) => {
      setDragged(isDone ? undefined : span)
      if (isDone) show(span)
    },
    choose: (preset: Preset) => setParams({ range: preset, from: null, to: null }),
    showWhole: () => setParams({ from: null, to: null }),
  }
}
