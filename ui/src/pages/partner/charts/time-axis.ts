import { fromZonedInput, wallMs } from '../../../time/zoned-time.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

const clockSteps = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720].map((minutes) => minutes * minuteMs)
const daySteps = [1, 2, 7, 14]
const monthSteps = [1, 2, 3, 6, 12]
const daysPerMonth = 30

/** Each time that the clocks of the zone show a multiple of the step, whether or not they are changed between. */
const clockTimes = (from: number, to: number, zone: string, stepMs: number): number[] => {
  const times: number[] = []
  const offset = (at: number) => wallMs(at, zone) - Math.floor(at / 1000) * 1000
  let at = from - 1
  while (at < to) {
    const next = at + stepMs - ((((at + offset(at)) % stepMs) + stepMs) % stepMs)
    const changed = offset(next) - offset(at)
    at = Math.abs(changed) < stepMs ? next - changed : next
    if (at >= from && at <= to) times.push(at)
  }
  return times
}

const midnight = (wallDay: number, zone: string) => fromZonedInput(`${new Date(wallDay).toISOString().slice(0, 10)}T00:00`, zone) ?? wallDay

/** The midnights of the zone of those days that `isWanted`. */
const midnights = (from: number, to: number, zone: string, isWanted: (day: Date) => boolean): number[] => {
  const times: number[] = []
  const first = Math.floor(wallMs(from, zone) / dayMs) * dayMs
  for (let day = first; day <= wallMs(to, zone); day += dayMs) {
    const at = isWanted(new Date(day)) ? midnight(day, zone) : Number.NaN
    if (at >= from && at <= to) times.push(at)
  }
  return times
}

/** Round times of the zone between two moments, about as many as `most` at the most; in epoch milliseconds. */
export const splitTime = (from: number, to: number, zone: string, most: number): number[] => {
  const fits = (stepMs: number) => (to - from) / stepMs <= most
  const clockStep = clockSteps.find(fits)
  if (clockStep !== undefined) return clockTimes(from, to, zone, clockStep)
  const days = daySteps.find((count) => fits(count * dayMs))
  if (days !== undefined) return midnights(from, to, zone, (day) => (day.getTime() / dayMs) % days === 0)
  const months = monthSteps.find((count) => fits(count * daysPerMonth * dayMs)) ?? 12
  return midnights(from, to, zone, (day) => day.getUTCDate() === 1 && day.getUTCMonth() % months === 0)
}

const wallFormat = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat('en-US', { timeZone: 'UTC', ...options })
const formats = {
  clock: wallFormat({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
  day: wallFormat({ month: 'short', day: 'numeric' }),
  month: wallFormat({ month: 'short' }),
  year: wallFormat({ year: 'numeric' }),
}

/** What stands below each of the times: the part that changes, and in a second line what it belongs to where that is new. */
export const labelTimes = (times: readonly number[], zone: string): string[] => {
  const walls = times.map((at) => wallMs(at, zone))
  const isDaily = walls.every((wall) => wall % dayMs === 0)
  const isMonthly = isDaily && walls.every((wall) => new Date(wall).getUTCDate() === 1)
  const [small, large] = isMonthly ? [formats.month, formats.year] : isDaily ? [formats.day, formats.year] : [formats.clock, formats.day]
  return walls.map((wall, index) => {
    const before = walls[index - 1]
    const isNew = before === undefined || large.format(before) !== large.format(wall)
    return isNew ? `${small.format(wall)}\n${large.format(wall)}` : small.format(wall)
  })
}
