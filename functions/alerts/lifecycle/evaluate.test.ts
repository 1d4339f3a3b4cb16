import { deserialize, serialize } from 'bson'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FiringRule } from '../../../shared/alert/alert-rules.ts'
import { emptyState, type Observation, type SubjectState } from '../../../shared/alert/alert-state.ts'
import type { Hop } from '../../../shared/reach/reach-error.ts'
import type { Metrics } from '../../../shared/snapshot/snapshot.ts'
import { type EvaluationContext, evaluate } from './evaluate.ts'

const calm: Metrics = {
  campaignsToday: 1,
  runningCampaigns: 1,
  activeCalls: 1,
  queuedCalls: 0,
  completedCallsToday: 0,
  voicemailCount: 0,
  customerEndedCount: 0,
  remainingCalls: 0,
  concurrencyLimit: 10,
  utilizationPercent: 10,
  captureMs: 5,
}
const rule: FiringRule = {
  id: 'deep-queue',
  level: 'HIGH',
  conditions: [{ metric: 'queuedCalls', operator: '>', value: 100 }],
  message: '{queuedCalls} calls wait',
  for: 2,
  keepFor: 3,
  isOn: true,
}
const start = Date.UTC(2026, 2, 2, 12)
const minute = (n: number) => new Date(start + n * 60_000)

const context = (changes: Partial<EvaluationContext> = {}): EvaluationContext => {
  let ids = 0
  return {
    rules: [rule],
    staleAfterMinutes: 10,
    repeatIntervalMinutes: 60,
    escalateAfterMinutes: { CRITICAL: null, HIGH: null, MEDIUM: null },
    inMaintenance: false,
    fleetFires: false,
    watchedSince: null,
    newId: () => `alert-${++ids}`,
    ...changes,
  }
}
const queue = (n: number, queuedCalls: number): Observation => ({ kind: 'snapshot', at: minute(n), metrics: { ...calm, queuedCalls } })
const failure = (n: number, consecutiveFailures: number, stage = 'ssh-connect', reason = 'refused', hop?: Hop): Observation => ({
  kind: 'failure',
  at: minute(n),
  stage,
  hop,
  reason,
  message: 'it failed',
  consecutiveFailures,
})
const tick = (n: number): Observation => ({ kind: 'tick', at: minute(n) })

const run = (observations: readonly Observation[], using = context(), from: SubjectState = emptyState) => {
  let state = from
  const events = observations.flatMap((observation) => {
    const evaluation = evaluate(state, observation, using)
    state = evaluation.state
    return evaluation.events
  })
  return { state, events, types: events.map((event) => event.type), notices: events.flatMap((event) => event.notice ?? []) }
}

describe('evaluate', () => {
  it('fires after so many matches in a row, and resolves after so many without one', () => {
    expect(run([queue(1, 200)]).types).toEqual([])
    expect(run([queue(1, 200), queue(2, 50), queue(3, 200)]).types).toEqual([])
    const fired = run([queue(1, 200), queue(2, 201)])
    expect(fired.types).toEqual(['fired', 'notified'])
    expect(fired.state.open['deep-queue']).toMatchObject({ level: 'HIGH', message: '201 calls wait', firedAt: minute(2) })
    expect(run([queue(3, 5), queue(4, 5)], context(), fired.state).types).toEqual([])
    expect(run([queue(3, 5), queue(4, 5), queue(5, 5)], context(), fired.state).notices).toEqual(['resolved'])
  })

  it('takes an observation that is not newer as already seen', () => {
    expect(run([queue(1, 200), queue(1, 200), queue(0, 200)]).types).toEqual([])
  })

  it('neither fires nor resolves a metric rule by a failed capture', () => {
    const fired = run([queue(1, 200), queue(2, 200)])
    const failed = run([failure(3, 1), failure(4, 2)], context(), fired.state)
    expect(failed.types).toEqual([])
    expect(failed.state.counters).toEqual(fired.state.counters)
  })

  it('fires once for three failures in a row and resolves with the first capture that works', () => {
    const { types, state } = run([failure(1, 1), failure(2, 2), failure(3, 3), failure(4, 4)])
    expect(types).toEqual(['fired', 'notified'])
    expect(state.open['ssh-down']?.message).toContain('refused')
    expect(run([queue(5, 0)], context(), state).notices).toEqual(['resolved'])
  })

  it('fires HIGH at once for a partner that took too much work, explains its failures, and resolves with the next good capture', () => {
    const { events, state } = run([1, 2, 3].map((n) => failure(n, n, 'host-key', 'partner-overload')))
    expect(events[0]).toMatchObject({ type: 'fired', alert: { ruleId: 'partner-overload', level: 'HIGH', message: 'it failed' } })
    expect(state.open['ssh-down']?.inhibitedBy).toBe('partner-overload')
    expect(run([queue(4, 0)], context(), state).notices).toEqual(['resolved'])
  })

  it('fires MEDIUM 14 days before a certificate ends, stays through failures, and resolves when a renewed one is seen', () => {
    const certificate = (n: number, daysLeft: number): Observation => ({
      kind: 'snapshot',
      at: minute(n),
      metrics: calm,
      certificateEndsAt: new Date(minute(n).getTime() + daysLeft * 86_400_000),
    })
    expect(run([certificate(1, 14.01)]).events).toEqual([])
    const { events, state } = run([certificate(1, 13.99), failure(2, 1), certificate(3, -0.01)])
    expect(events.map(({ type }) => type)).toEqual(['fired', 'notified'])
    expect(events[0]?.alert).toMatchObject({
      ruleId: 'certificate-ending',
      level: 'MEDIUM',
      message: expect.stringContaining('ends on 2026-03-16'),
    })
    expect(state.open['certificate-ending']?.message).toContain('ended on 2026-03-02')
    expect(run([certificate(4, 90)], context(), state).notices).toEqual(['resolved'])
    expect(run([queue(4, 0)], context(), state).notices, 'of a connection that is not encrypted').toEqual(['resolved'])
  })

  it('says the database is down where SSH works, and resolves the SSH alert by it', () => {
    const down = run([failure(1, 3)])
    const moved = run([failure(2, 4, 'db-connect', 'db-refused')], context(), down.state)
    expect(moved.events.map(({ type, alert }) => `${type} ${alert.ruleId}`)).toEqual([
      'resolved ssh-down',
      'fired database-down',
      'notified database-down',
    ])
  })

  it('leaves the database alert open and untold while SSH is down', () => {
    const down = run([failure(1, 3, 'query', 'timeout')])
    const both = run([failure(2, 4), failure(3, 5), tick(90)], context(), down.state)
    expect(both.state.open['database-down']?.inhibitedBy).toBe('ssh-down')
    expect(both.notices.filter((notice) => notice === 'fired')).toHaveLength(1)
  })

  it('fires CRITICAL at the first changed host key, whatever the fleet does', () => {
    const { events } = run([failure(1, 1, 'host-key', 'host-key-changed')], context({ fleetFires: true }))
    expect(events.at(-1)).toMatchObject({ notice: 'fired', alert: { ruleId: 'host-key-changed', level: 'CRITICAL' } })
  })

  it.each([
    ['a server that does not answer', 'ssh-connect', 'timeout'],
    ['a key exchange that never ends', 'host-key', 'timeout'],
  ])('keeps the alert about a changed host key open behind %s, and resolves it with the pinned key', (_what, stage, reason) => {
    const changed = run([failure(1, 1, 'host-key', 'host-key-changed')])
    const { state } = run([failure(2, 2, stage, reason)], context(), changed.state)
    expect(state.open['host-key-changed']).toBeDefined()
    expect(run([failure(3, 3, 'ssh-auth', 'ssh-auth')], context(), state).state.open['host-key-changed']).toBeUndefined()
  })

  it('keeps the alert about a changed host key open behind a hop that fails otherwise, whose key says nothing of the others', () => {
    const changed = run([failure(1, 1, 'host-key', 'host-key-changed')])
    const hop = { number: 1, of: 2, host: 'bastion.example' }
    const elsewhere = [failure(2, 2, 'ssh-auth', 'ssh-auth', hop), failure(3, 3, 'host-key', 'host-key-unknown', hop)]
    const { state } = run(elsewhere, context(), changed.state)
    expect(state.open['host-key-changed']).toBeDefined()
    expect(run([failure(4, 4, 'ssh-auth', 'ssh-auth')], context(), state).state.open['host-key-changed']).toBeUndefined()
  })

  it('tells nothing of a partner while the fleet fires, and tells it when the fleet recovers', () => {
    const hidden = run([failure(1, 3)], context({ fleetFires: true }))
    expect(hidden.types).toEqual(['fired'])
    expect(hidden.state.open['ssh-down']?.inhibitedBy).toBe('fleet-failing')
    expect(run([tick(2)], context(), hidden.state).notices).toEqual(['fired'])
    expect(run([queue(2, 0)], context(), hidden.state).notices).toEqual([])
  })

  it('fires for stale data after ten minutes, and not while a failure explains it', () => {
    const seen = run([queue(0, 0)])
    expect(run([tick(9)], context(), seen.state).types).toEqual([])
    expect(run([tick(10)], context(), seen.state).notices).toEqual(['fired'])
    const explained = run([failure(3, 3), tick(11)], context(), seen.state)
    expect(explained.state.open['stale']?.inhibitedBy).toBe('ssh-down')
    expect(explained.notices).toEqual(['fired'])
  })

  it('holds a dismissed alert back and tells it when the dismissal ends while it still fires', () => {
    const fired = run([queue(1, 200), queue(2, 200)])
    const alert = fired.state.open['deep-queue']
    if (!alert) throw new Error('it did not fire')
    const dismissed = { at: minute(3), by: 'admin', reason: 'known', until: minute(200) }
    const state = { ...fired.state, open: { 'deep-queue': { ...alert, dismissed } } }
    const patient = () => context({ staleAfterMinutes: 1_000 })
    expect(run([queue(100, 200), tick(199)], patient(), state).notices).toEqual([])
    expect(run([queue(100, 200), tick(201), tick(202)], patient(), state).notices.filter((notice) => notice === 'repeated')).toHaveLength(1)
  })

  it('leaves no message of an alert that fired and resolved inside a maintenance window', () => {
    const window = context({ inMaintenance: true })
    const { types, notices, state } = run([queue(1, 200), queue(2, 200), queue(3, 0), queue(4, 0), queue(5, 0)], window)
    expect(types).toEqual(['fired', 'resolved'])
    expect(notices).toEqual([])
    expect(state.open).toEqual({})
    const inside = run([queue(1, 200), queue(2, 200)], window)
    expect(run([tick(3)], context(), inside.state).notices).toEqual(['fired'])
  })

  it('repeats each interval until somebody acknowledges', () => {
    const fired = run([queue(1, 200), queue(2, 200)])
    const firing = [queue(30, 200), tick(61), tick(62), tick(63), tick(122)]
    expect(run(firing, context({ staleAfterMinutes: 1_000 }), fired.state).notices).toEqual(['repeated', 'repeated'])
    const alert = fired.state.open['deep-queue']
    if (!alert) throw new Error('it did not fire')
    const acknowledged = { ...fired.state, open: { 'deep-queue': { ...alert, acknowledged: { at: minute(3), by: 'admin', note: null } } } }
    expect(run(firing, context({ staleAfterMinutes: 1_000 }), acknowledged).notices).toEqual([])
  })

  it('escalates once, when nobody acknowledged in time', () => {
    const escalating = context({ escalateAfterMinutes: { CRITICAL: null, HIGH: 15, MEDIUM: null }, staleAfterMinutes: 1_000 })
    const { events } = run([queue(1, 200), queue(2, 200), tick(16), tick(17), tick(18)], escalating)
    expect(events.filter((event) => event.toEscalation).map((event) => event.at)).toEqual([minute(17)])
  })

  it('fires for the fleet when half of two or more partners fail, and resolves below', () => {
    const fleet = (n: number, failing: number, active: number): Observation => ({ kind: 'fleet', at: minute(n), failing, active })
    expect(run([fleet(1, 1, 2), fleet(2, 2, 5)]).types).toEqual([])
    expect(run([fleet(1, 3, 6), fleet(2, 2, 6)]).notices).toEqual(['fired', 'resolved'])
  })
})

const Step = fc.oneof(
  fc.record({ type: fc.constant('queue' as const), deep: fc.boolean() }),
  fc.record({ type: fc.constant('gap' as const), stage: fc.constantFrom('ssh-connect', 'db-connect', 'query') }),
  fc.record({ type: fc.constant('tick' as const) }),
)
const observationsOf = (steps: readonly (typeof Step extends fc.Arbitrary<infer Value> ? Value : never)[]): Observation[] => {
  let failures = 0
  return steps.map((step, n) => {
    if (step.type === 'gap') return failure(n, ++failures, step.stage, 'timeout')
    if (step.type === 'tick') return tick(n)
    failures = 0
    return queue(n, step.deep ? 200 : 0)
  })
}

describe('evaluate, whatever is observed', () => {
  it('has at most one open alert per rule: firings and resolutions alternate', () => {
    fc.assert(
      fc.property(fc.array(Step, { maxLength: 60 }), (steps) => {
        const open = new Map<string, string>()
        for (const { type, alert } of run(observationsOf(steps)).events) {
          if (type === 'fired') {
            expect(open.has(alert.ruleId)).toBe(false)
            open.set(alert.ruleId, alert.id)
          }
          if (type === 'resolved') {
            expect(open.get(alert.ruleId)).toBe(alert.id)
            open.delete(alert.ruleId)
          }
        }
      }),
    )
  })

  it('never fires a metric rule without its matches in a row, gaps left aside', () => {
    fc.assert(
      fc.property(fc.array(Step, { maxLength: 60 }), (steps) => {
        const observations = observationsOf(steps)
        for (const { type, at, alert } of run(observations).events.filter((event) => event.alert.ruleId === rule.id)) {
          if (type !== 'fired') continue
          const seen = observations.filter((observation) => observation.kind === 'snapshot' && observation.at <= at).slice(-rule.for)
          expect(seen).toHaveLength(rule.for)
          expect(seen.every((observation) => observation.kind === 'snapshot' && observation.metrics.queuedCalls > 100)).toBe(true)
          expect(alert.ruleId).toBe(rule.id)
        }
      }),
    )
  })

  it('changes nothing of a metric rule by a gap: without the gaps it fires and resolves at the same times', () => {
    fc.assert(
      fc.property(fc.array(Step, { maxLength: 60 }), (steps) => {
        const observations = observationsOf(steps)
        const timesOf = (list: readonly Observation[]) =>
          run(list)
            .events.filter(({ type, alert }) => alert.ruleId === rule.id && (type === 'fired' || type === 'resolved'))
            .map(({ type, at }) => `${type} ${at.toISOString()}`)
        expect(timesOf(observations)).toEqual(timesOf(observations.filter((observation) => observation.kind === 'snapshot')))
      }),
    )
  })

  it('sends what fires once nothing holds it back, and the end of all that was sent and of nothing else', () => {
    const Held = fc.record({ step: Step, inMaintenance: fc.boolean(), fleetFires: fc.boolean(), dismissForMinutes: fc.nat(5) })
    fc.assert(
      fc.property(fc.array(Held, { maxLength: 60 }), (held) => {
        const using = context({ staleAfterMinutes: 5 })
        const told = new Map<string, string[]>()
        let state = emptyState
        for (const [n, observation] of [...observationsOf(held.map(({ step }) => step)), tick(held.length + 10)].entries()) {
          const { inMaintenance = false, fleetFires = false, dismissForMinutes = 0 } = held[n] ?? {}
          const evaluation = evaluate(state, observation, { ...using, inMaintenance, fleetFires })
          for (const { notice, alert } of evaluation.events) if (notice) told.set(alert.id, [...(told.get(alert.id) ?? []), notice])
          state = dismissForMinutes > 3 ? dismissAll(evaluation.state, minute(n), minute(n + dismissForMinutes)) : evaluation.state
        }
        for (const notices of told.values()) {
          expect(notices[0]).toBe('fired')
          expect(notices.filter((notice) => notice === 'fired')).toHaveLength(1)
        }
        const open = Object.values(state.open)
        for (const { id, inhibitedBy } of open) expect(told.has(id) || inhibitedBy !== null).toBe(true)
        const openIds = new Set(open.map(({ id }) => id))
        for (const [id, notices] of told) expect(notices.includes('resolved')).toBe(!openIds.has(id))
      }),
    )
  })

  it('gives the same alerts however the observations are split over restarts, some of them seen twice', () => {
    fc.assert(
      fc.property(fc.array(Step, { maxLength: 40 }), fc.array(fc.nat(40), { maxLength: 5 }), (steps, cuts) => {
        const observations = observationsOf(steps)
        const using = context()
        const whole = run(observations, context())
        let state = emptyState
        const events = observations.flatMap((observation, n) => {
          const restored = cuts.includes(n) ? storeAndRead(state) : state
          const again =
            cuts.includes(n) && n > 0 ? run([observations[n - 1] as Observation], using, restored) : { state: restored, events: [] }
          const evaluation = evaluate(again.state, observation, using)
          state = evaluation.state
          return [...again.events, ...evaluation.events]
        })
        expect(events.map(({ key, type, notice }) => [key, type, notice])).toEqual(
          whole.events.map(({ key, type, notice }) => [key, type, notice]),
        )
      }),
    )
  })
})

/** What a state is after it was stored and read again. */
const storeAndRead = (state: SubjectState): SubjectState => deserialize(serialize(state)) as SubjectState

const dismissAll = (state: SubjectState, at: Date, until: Date): SubjectState => ({
  ...state,
  open: Object.fromEntries(
    Object.entries(state.open).map(([ruleId, alert]) => [ruleId, { ...alert, dismissed: { at, by: 'admin', reason: 'known', until } }]),
  ),
})
