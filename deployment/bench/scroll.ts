import type { CDPSession, Page } from '@playwright/test'
import { type TraceEvent, trace } from './trace.ts'

/** As fast as a hand turns a wheel to look for something. */
export const pixelsPerSecond = 1_500
const seconds = 3

/** In the page: notes until `stopFrames()` when each frame was made by the main thread, and where the window was then. */
const startFrames = `{
  const frames = []
  let request = 0
  const note = (at) => {
    frames.push([at, scrollY])
    request = requestAnimationFrame(note)
  }
  request = requestAnimationFrame(note)
  window.stopFrames = () => {
    cancelAnimationFrame(request)
    return frames
  }
}`

/** Turns the wheel over the page at a steady speed. Resolves to the frames per second while the window moved. */
const scroll = async (page: Page, devtools: CDPSession, direction: 1 | -1) => {
  const [x, y] = [700, 600]
  await page.mouse.move(x, y)
  await page.evaluate(startFrames)
  const yDistance = -direction * pixelsPerSecond * seconds
  await devtools.send('Input.synthesizeScrollGesture', { x, y, yDistance, speed: pixelsPerSecond, gestureSourceType: 'mouse' })
  const frames = await page.evaluate<[number, number][]>('stopFrames()')
  const moved = frames.filter(([, top], index) => index > 0 && top !== frames[index - 1]?.[1]).map(([at]) => at)
  return ((moved.length - 1) / ((moved.at(-1) ?? 0) - (moved[0] ?? 0))) * 1_000
}

/** The processor's milliseconds of each task of the main thread that made a frame. */
const workPerFrame = (events: readonly TraceEvent[]) => {
  const frames = events.filter(({ name }) => name === 'FireAnimationFrame')
  const makesFrame = ({ pid, tid, ts, dur = 0 }: TraceEvent) =>
    frames.some((frame) => frame.pid === pid && frame.tid === tid && frame.ts >= ts && frame.ts < ts + dur)
  return events
    .filter((event) => event.ph === 'X' && event.name === 'RunTask' && makesFrame(event))
    .map(({ tdur, dur = 0 }) => (tdur ?? dur) / 1_000)
}

/** Scrolls the page down for its frames per second, and up again, traced, for what the main thread does in each frame. */
export const measureScroll = async (page: Page, devtools: CDPSession) => {
  const framesPerSecond = await scroll(page, devtools, 1)
  const events = await trace(devtools, ['devtools.timeline', 'disabled-by-default-devtools.timeline'], () => scroll(page, devtools, -1))
  return { framesPerSecond, workMs: workPerFrame(events) }
}
