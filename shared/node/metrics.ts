import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** The process's metrics, registered apart from prom-client's global registry. */
export const createMetrics = (options: {
  inFlight: () => number
  outbox: () => Promise<{ depth: number; oldestAgeSeconds: number }>
  /** How late the event loop was; left out where the platform does not tell it. */
  eventLoop?: () => { p99Ms: number; maxMs: number }
  /** Leaves out memory, processor time and the event loop, where the platform does not tell them. */
  withoutProcess?: boolean
}) => {
  const registry = new Registry()
  const registers = [registry]
  if (!options.withoutProcess) collectDefaultMetrics({ register: registry })
  const captures = new Counter({
    name: 'jobtalk_captures_total',
    help: 'Captures by outcome: ok, or the reason of the failure.',
    labelNames: ['outcome'],
    registers,
  })
  const captureSeconds = new Histogram({
    name: 'jobtalk_capture_seconds',
    help: 'How long captures took.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  })
  new Gauge({
    name: 'jobtalk_captures_in_flight',
    help: 'Captures that run now.',
    registers,
    collect() {
      this.set(options.inFlight())
    },
  })
  const deliveries = new Counter({
    name: 'jobtalk_deliveries_total',
    help: 'Messages by channel and outcome: sent, retried or dead.',
    labelNames: ['channel', 'outcome'],
    registers,
  })
  const evaluationSeconds = new Histogram({
    name: 'jobtalk_alert_evaluation_seconds',
    help: 'How long the evaluation of a capture took, its writes included.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1],
    registers,
  })
  const { eventLoop } = options
  if (eventLoop)
    new Gauge({
      name: 'jobtalk_event_loop_delay_seconds',
      help: 'How late the event loop was in the last 15 to 30 s: its 99th percentile and its maximum.',
      labelNames: ['of'],
      registers,
      collect() {
        const { p99Ms, maxMs } = eventLoop()
        this.set({ of: 'p99' }, p99Ms / 1000)
        this.set({ of: 'max' }, maxMs / 1000)
      },
    })
  const outboxAge = new Gauge({ name: 'jobtalk_outbox_oldest_seconds', help: 'Age of the oldest delivery that waits.', registers })
  new Gauge({
    name: 'jobtalk_outbox_depth',
    help: 'Deliveries that wait.',
    registers,
    async collect() {
      const { depth, oldestAgeSeconds } = await options.outbox()
      this.set(depth)
      outboxAge.set(oldestAgeSeconds)
    },
  })
  return {
    delivered: (channel: string, outcome: string) => deliveries.inc({ channel, outcome }),
    evaluated: (ms: number) => evaluationSeconds.observe(ms / 1000),
    text: () => registry.metrics(),
    contentType: registry.contentType,
    captured: (outcome: string, ms: number) => {
      captures.inc({ outcome })
      captureSeconds.observe(ms / 1000)
    },
  }
}
