import type uPlot from 'uplot'
import type { Span } from './chart-range.ts'

/** Moves the span of a plot with the mouse while Shift is held; without it uPlot selects a part to zoom into. */
export const watchPan = (plot: uPlot, options: { span: () => Span; onPan: (span: Span, isDone: boolean) => void }): void => {
  const start = (down: MouseEvent) => {
    if (!down.shiftKey || down.button !== 0) return
    down.preventDefault()
    down.stopImmediatePropagation()
    const { from, to } = options.span()
    const msPerPx = (to - from) / Math.max(1, plot.over.clientWidth)
    const at = (event: MouseEvent): Span => {
      const by = (down.clientX - event.clientX) * msPerPx
      return { from: from + by, to: to + by }
    }
    const move = (event: MouseEvent) => options.onPan(at(event), false)
    const end = (event: MouseEvent) => {
      document.removeEventListener('mousemove', move)
      options.onPan(at(event), true)
    }
    document.addEventListener('mousemove', move)
    document.addEventListener('mouseup', end, { once: true })
  }
  // Before uPlot's own listener on the same element.
  plot.root.addEventListener('mousedown', start, { capture: true })
}
