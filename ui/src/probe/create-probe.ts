import { onCleanup } from 'solid-js'
import { createStore } from 'solid-js/store'
import type { ProbeResult } from '../../../functions/probe/schema.ts'
import { isSameStep } from '../../../shared/reach/reach-error.ts'
import { ApiError } from '../api/api-error.ts'
import { answer } from '../api/client.ts'
import { readEvents } from '../api/read-events.ts'

export type ProbeStage = ProbeResult['stages'][number]

type ProbeState = { isRunning: boolean; stages: ProbeStage[]; result: ProbeResult | null; error: unknown }

const withStage = (stages: readonly ProbeStage[], stage: ProbeStage) => {
  const isAnew = stages.some((each) => isSameStep(each, stage))
  return isAnew ? stages.map((each) => (isSameStep(each, stage) ? stage : each)) : [...stages, stage]
}

/** A probe and its progress. `send` starts it; the options that it gets ask for the stages one by one. */
export const createProbe = (send: (init: { headers: Record<string, string>; init: { signal: AbortSignal } }) => Promise<Response>) => {
  const [state, setState] = createStore<ProbeState>({ isRunning: false, stages: [], result: null, error: null })
  let current: AbortController | undefined

  const finish = (result: ProbeResult) => setState({ result, stages: result.stages })
  const follow = async (response: Response) => {
    if (!response.headers.get('content-type')?.startsWith('text/event-stream')) return finish(await response.json())
    for await (const { event, data } of readEvents(response)) {
      if (event === 'stage') setState('stages', (stages) => withStage(stages, JSON.parse(data) as ProbeStage))
      if (event === 'result') return finish(JSON.parse(data) as ProbeResult)
    }
    throw new ApiError('The connection to the server broke before the probe was done.', { status: 0, code: 'unreachable' })
  }
  onCleanup(() => current?.abort())

  return {
    state,
    /** Probes again; what ran before is cancelled. Resolves to the result, or `null` where there is none: see `state.error`. */
    run: async (): Promise<ProbeResult | null> => {
      current?.abort()
      const own = new AbortController()
      current = own
      setState({ isRunning: true, stages: [], result: null, error: null })
      try {
        await follow(await answer(send({ headers: { Accept: 'text/event-stream' }, init: { signal: own.signal } })))
      } catch (error) {
        if (!own.signal.aborted) setState({ error })
      } finally {
        if (current === own) setState({ isRunning: false })
      }
      return own.signal.aborted ? null : state.result
    },
    clear: () => {
      current?.abort()
      setState({ isRunning: false, stages: [], result: null, error: null })
    },
  }
}

export type Probe = ReturnType<typeof createProbe>
