import { createWindowVirtualizer, defaultRangeExtractor } from '@tanstack/solid-virtual'
import { type Accessor, createSignal, onCleanup, onMount } from 'solid-js'

const rootFontPx = () => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16
/** The header of the app and that of the table, which cover what is scrolled beneath them. */
const coveredRem = 6

/** Which of many rows of one height the window shows while it scrolls. `anchor` is the element that holds them. */
export const createWindowRows = (options: { count: Accessor<number>; rowRem: number; anchor: Accessor<HTMLElement | undefined> }) => {
  const [remPx, setRemPx] = createSignal(rootFontPx())
  const [top, setTop] = createSignal(0)
  const measure = () => {
    setRemPx(rootFontPx())
    const anchor = options.anchor()
    if (anchor) setTop(Math.round(anchor.getBoundingClientRect().top + window.scrollY))
  }
  onMount(() => {
    measure()
    // What is above the rows grows and shrinks.
    const observer = new ResizeObserver(measure)
    observer.observe(document.body)
    onCleanup(() => observer.disconnect())
  })
  const virtualizer = createWindowVirtualizer({
    get count() {
      return options.count()
    },
    get scrollMargin() {
      return top()
    },
    get scrollPaddingStart() {
      return coveredRem * remPx()
    },
    get scrollPaddingEnd() {
      return options.rowRem * remPx()
    },
    estimateSize: () => options.rowRem * remPx(),
    overscan: 8,
    rangeExtractor: defaultRangeExtractor,
  })
  const items = () => virtualizer.getVirtualItems()
  return {
    remPx,
    /** The indexes of the rows to render. */
    indexes: () => items().map(({ index }) => index),
    /** Pixels of the rows that are not rendered, before and after. */
    before: () => (items()[0]?.start ?? top()) - top(),
    after: () => virtualizer.getTotalSize() - ((items().at(-1)?.end ?? top()) - top()),
    scrollTo: (index: number) => virtualizer.scrollToIndex(index, { align: 'auto' }),
  }
}
