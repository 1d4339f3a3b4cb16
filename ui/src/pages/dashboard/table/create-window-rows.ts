import { createWindowVirtualizer } from '@tanstack/solid-virtual'
import { type Accessor, createMemo, createSignal, onCleanup, onMount } from 'solid-js'
import { createSlots } from './create-slots.ts'

const rootFontPx = () => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16
/** The header of the app and that of the table, which cover what is scrolled beneath them. */
const coveredRem = 6
const rowsAtOnce = 3

/** Which of many rows of one height the window shows while it scrolls. `anchor` is the element that holds them. */
export const createWindowRows = (options: {
  ids: Accessor<readonly string[]>
  /** The row that the keyboard is at, which stays when it is out of sight. */
  active: Accessor<string | undefined>
  rowRem: number
  anchor: Accessor<HTMLElement | undefined>
}) => {
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
  const [isStill, setStill] = createSignal(true)
  const virtualizer = createWindowVirtualizer({
    onChange: ({ isScrolling }) => setStill(!isScrolling),
    get count() {
      return options.ids().length
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
    overscan: 4,
    // As many rows wherever the window is, so that one that comes takes the place of one that goes, and some at a time: a frame in
    // which rows change costs much more than one in which none does, and little more for each further row.
    rangeExtractor: ({ startIndex, overscan, count }) => {
      const length = Math.min(count, Math.ceil(window.innerHeight / (options.rowRem * remPx())) + 1 + 2 * overscan)
      const wanted = startIndex - overscan
      const first = Math.min(Math.max(0, wanted - (wanted % rowsAtOnce)), count - length)
      return Array.from({ length }, (_, at) => first + at)
    },
  })
  const shown = createMemo(() => {
    const indexes = new Set(virtualizer.getVirtualItems().map(({ index }) => index))
    const active = options.ids().indexOf(options.active() ?? '')
    if (active >= 0) indexes.add(active)
    return [...indexes].sort((one, other) => one - other).flatMap((index) => options.ids()[index] ?? [])
  })
  const slots = createSlots(shown, isStill)
  return {
    remPx,
    slots,
    /** The row that the Tab key goes to. */
    tabStop: () => options.active() ?? shown()[0],
    /** The height of all rows, as CSS. */
    height: () => `${options.ids().length * options.rowRem}rem`,
    /** Where the row at an index is below the top of all, as CSS. */
    offset: (index: number) => `${index * options.rowRem}rem`,
    scrollTo: (index: number) => virtualizer.scrollToIndex(index, { align: 'auto' }),
  }
}
