import { createSignal } from 'solid-js'
import type { CaptureResult } from '../../../functions/snapshots/capture-partner.ts'
import { ApiError, readApiError } from '../api/api-error.ts'
import { answer, type Client } from '../api/client.ts'
import { readEvents } from '../api/read-events.ts'

type Step = { name: 'running' } | { name: 'ok' } | { name: 'failed'; message: string }
type Result = { partnerId: string; ok: true } | Pick<Extract<CaptureResult, { ok: false }>, 'partnerId' | 'ok' | 'message'>

/** Captures that somebody asked for, and how far each is. They go on, whatever screen is open. */
export const createCapture = (client: Client, onDone: () => unknown) => {
  const [steps, setSteps] = createSignal<ReadonlyMap<string, Step>>(new Map())
  const [error, setError] = createSignal<unknown>(null)
  const [underWay, setUnderWay] = createSignal(0)

  const mark = (entries: readonly (readonly [string, Step])[]) => setSteps((all) => new Map([...all, ...entries]))
  const settle = (results: readonly Result[]) =>
    mark(results.map((result) => [result.partnerId, result.ok ? { name: 'ok' } : { name: 'failed', message: result.message }]))

  const follow = async (partnerIds: readonly string[] | undefined, started: Set<string>) => {
    const response = await answer(
      client.fetch('/api/snapshots/capture', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Accept: 'text/event-stream' },
        body: JSON.stringify({ partnerIds }),
      }),
    )
    for await (const { event, data } of readEvents(response)) {
      const body = JSON.parse(data)
      if (event === 'started') {
        for (const id of body.partnerIds) started.add(id)
        mark(body.partnerIds.map((id: string) => [id, { name: 'running' }]))
      } else if (event === 'captured') {
        started.delete(body.partnerId)
        settle([body])
      } else if (event === 'error') throw await readApiError(Response.json(body, { status: 500 }))
    }
    if (started.size > 0) throw new ApiError('The connection broke before all captures were done.', { status: 0, code: 'interrupted' })
  }

  return {
    /** The captures since the last that all were done, by partner. */
    steps,
    /** Why the last one could not be followed to its end. */
    error,
    isRunning: () => underWay() > 0,
    /** Captures the partners; without any, all active ones. */
    start: async (partnerIds?: readonly string[]): Promise<void> => {
      if (underWay() === 0) setSteps(new Map())
      setError(null)
      setUnderWay((count) => count + 1)
      const started = new Set(partnerIds)
      mark([...started].map((id) => [id, { name: 'running' }]))
      try {
        await follow(partnerIds, started)
      } catch (cause) {
        setError(cause)
        mark([...started].map((id) => [id, { name: 'failed', message: 'Its outcome is not known.' }]))
      } finally {
        setUnderWay((count) => count - 1)
        onDone()
      }
    },
    /** Forgets what was done. */
    clear: () => {
      setSteps(new Map())
      setError(null)
    },
  }
}
