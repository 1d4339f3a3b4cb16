import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** The process's metrics, registered apart from prom-client's global registry. */
export const createMetrics = (options: { inFlight: () => number }) => {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
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
  return {
    text: () => registry.metrics(),
    contentType: registry.contentType,
    captured: (outcome: string, ms: number) => {
      captures.inc({ outcome })
      captureSeconds.observe(ms / 1000)
    },
  }
}
