import type { CDPSession, Page } from '@playwright/test'
import { type TraceEvent, trace } from './trace.ts'

/** As fast as a hand turns a wheel to look for something. */
export const pixelsPerSecond = 1_500
const seconds = 3

/** Turns the wheel over the page at a steady speed. */
const scroll = (devtools: CDPSession, at: { x: number; y: number }, direction: 1 | -1) =>
  devtools.send('Input.synthesizeScrollGesture', {
    ...at,
    yDistance: -direction * pixelsPerSecond * seconds,
    speed: pixelsPerSecond,
    gestureSourceType: 'mouse',
  })

/** How many frames per second were drawn, each with the page a little further. */
const drawnPerSecond = (events: readonly TraceEvent[]) => {
  const drawn = events.filter(({ ph, name }) => ph === 'X' && name === 'Display::DrawAndSwap').map(({ ts }) => ts)
  return ((drawn.length - 1) / (Math.max(...drawn) - Math.min(...drawn))) * 1_000_000
}

/** The processor's milliseconds of each frame that the main thread made. */
const workPerFrame = (events: readonly TraceEvent[]) =>
  events.filter(({ ph, name }) => ph === 'X' && name === 'ProxyMain::BeginMainFrame').map(({ tdur, dur = 0 }) => (tdur ?? dur) / 1_000)

/** Scrolls the page down for the frames per second that it shows, and up again for what the main thread does in each of its own. */
export const measureScroll = async (page: Page, devtools: CDPSession) => {
  const at = { x: 700, y: 600 }
  await page.mouse.move(at.x, at.y)
  const framesPerSecond = drawnPerSecond(await trace(devtools, ['viz'], () => scroll(devtools, at, 1)))
  return { framesPerSecond, workMs: workPerFrame(await trace(devtools, ['cc'], () => scroll(devtools, at, -1))) }
}
