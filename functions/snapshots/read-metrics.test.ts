import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readMetrics } from './read-metrics.ts'

const row = {
  campaignsToday: 1,
  runningCampaigns: 2,
  activeCalls: 3,
  queuedCalls: 4,
  completedCallsToday: 5,
  voicemailCount: 6,
  customerEndedCount: 7,
  remainingCalls: 8,
  pauseAllCampaigns: '0',
  callConcurrency: '20',
}

describe('reading a row', () => {
  test('gives every number its own name', () => {
    const { pauseAllCampaigns: _, callConcurrency: __, ...counts } = row
    expect(readMetrics(row, 10)).toEqual({
      metrics: { ...counts, concurrencyLimit: 20, utilizationPercent: 15 },
      pauseAllCampaigns: false,
      limitSetting: 20,
    })
  })

  test('takes any whole number as the limit, whatever spaces stand around it', () => {
    const spaces = fc.array(fc.constantFrom(' ', '\t', '\n')).map((parts) => parts.join(''))
    fc.assert(
      fc.property(fc.nat(), spaces, spaces, (limit, before, after) => {
        const read = readMetrics({ ...row, callConcurrency: `${before}${limit}${after}` }, 10)
        expect(read.limitSetting).toBe(limit)
        expect(read.metrics.concurrencyLimit).toBe(limit)
      }),
    )
  })

  test.each([null, undefined, '', ' ', 'ten', '-1', '4.5', '1 2', '1e3', '0x10', '+5', '٣', '9007199254740993'])(
    'keeps the limit of the record when the setting is %j',
    (callConcurrency) => {
      expect(readMetrics({ ...row, callConcurrency }, 10)).toMatchObject({ metrics: { concurrencyLimit: 10 }, limitSetting: null })
    },
  )

  test.each([
    [0, 7, 0],
    [7, 0, 0],
    [1, 3, 33.33],
    [2, 3, 66.67],
    [1, 800, 0.13],
    [30, 10, 300],
  ])('%d active calls of %d are %d %%', (activeCalls, limit, percent) => {
    expect(readMetrics({ ...row, activeCalls, callConcurrency: String(limit) }, 10).metrics.utilizationPercent).toBe(percent)
  })

  test.each(['1', 'true', 'YES', ' yes ', 'True\n'])('all campaigns are paused when the setting is %j', (pauseAllCampaigns) => {
    expect(readMetrics({ ...row, pauseAllCampaigns }, 10).pauseAllCampaigns).toBe(true)
  })

  test.each([null, undefined, '', '0', 'no', 'false', '11', 'on', 'y es'])('they are not when it is %j', (pauseAllCampaigns) => {
    expect(readMetrics({ ...row, pauseAllCampaigns }, 10).pauseAllCampaigns).toBe(false)
  })
})
