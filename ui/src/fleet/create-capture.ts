import { createSignal } from 'solid-js'
import type { CaptureResult } from '../../../functions/snapshots/capture-partner.ts'
import { ApiError } from '../api/api-error.ts'
import { answer, type Client } from '../api/client.ts'
import { readEvents } from '../api/read-events.ts'

export type CaptureStep = { name: 'running' } | { name: 'ok' } | { name: 'failed'; message: string }

const stepOf = (result: CaptureResult): CaptureStep => (result.ok ? { name: 'ok' } : { name: 'failed', message: result.message })

/** Captures that a user started, and how far each is. They go on when another screen opens. */
export const createCapture = (client: Client) => {
  const [steps, setSteps] = createSignal<ReadonlyMap<string, CaptureStep>>(new Map())
  const [error, setError] = createSignal<unknown>(null)
  const [underWay, setUnderWay] = createSignal(0)

  const mark = (ids: Iterable<string>, step: CaptureStep) =>
    setSteps((all) => {
      const next = new Map(all)
      for (const id of ids) next.set(id, step)
      return next
    })

  const follow = async (partnerIds: readonly string[] | undefined, waiting: Set<string>) => {
    const response = await answer(
      client.fetch('/api/snapshots/capture', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Accept: 'text/event-stream' },
        body: JSON.stringify({ partnerIds }),
      }),
    )
    for await (const { event, data } of readEvents(response)) {
      if (event === 'started') {
        const started = (JSON.parse(data) as { partnerIds: string[] }).partnerIds
        for (const id of started) waiting.add(id)
        mark(started, { name: 'running' })
      } else if (event === 'captured') {
        const result = JSON.parse(data) as CaptureResult
        waiting.delete(result.partnerId)
        mark([result.partnerId], stepOf(result))
      } else if (event === 'done') return
    }
    throw new ApiError('The connection broke before all captures were done.', { status: 0, code: 'interrupted' })
  }

  return {
    /** The current captures by partner: those that run, and all that were started while they ran. */
    steps,
    /** Why one could not be followed to its end. */
    error,
    isRunning: () => underWay() > 0,
    /** Captures the partners; without any, all active ones. */
    start: async (partnerIds?: readonly string[]): Promise<void> => {
      if (underWay() === 0) setSteps(new Map())
      setError(null)
      setUnderWay((count) => count + 1)
      const waiting = new Set(partnerIds)
      mark(waiting, { name: 'running' })
      try {
        await follow(partnerIds, waiting)
      } catch (cause) {
        setError(cause)
        mark(waiting, { name: 'failed', message: 'Its result is not known.' })
      } finally {
        setUnderWay((count) => count - 1)
      }
    },
    /** Forgets what was done. */
    clear: () => {
      setSteps(new Map())
      setError(null)
    },
  }
}

export type Capture = ReturnType<typeof createCapture>
