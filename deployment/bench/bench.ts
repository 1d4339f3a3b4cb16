import { readArguments, refuseArguments } from '../node/read-arguments.ts'
import { coldProbe } from './cold-probe.ts'
import { dashboard } from './dashboard.ts'
import { evaluateAlerts } from './evaluate-alerts.ts'
import type { Benchmark, Figure } from './figure.ts'
import { renderFigures } from './render-figures.ts'
import { soak } from './soak.ts'
import { start } from './start.ts'
import { statement } from './statement.ts'
import { sweep } from './sweep.ts'
import { ui } from './ui.ts'
import { warmCapture } from './warm-capture.ts'

const benchmarks: readonly Benchmark[] = [warmCapture, statement, coldProbe, sweep, dashboard, start, evaluateAlerts, ui, soak]
const names = benchmarks.map(({ name }) => name)

const help = `Measures what the product costs and prints it beside its budget.

  npm run bench
  npm run bench -- --only sweep    one of: ${names.join(', ')}

Ratios compare two things measured in turns within this run. It needs sshd, ssh and mariadbd, and ends with 1 when something could not run.
`

const runOne = async ({ name, run }: Benchmark): Promise<Figure[]> => {
  const cleanup = new AsyncDisposableStack()
  const interrupt = () => void cleanup.disposeAsync().finally(() => process.exit(130))
  process.once('SIGINT', interrupt)
  try {
    process.stderr.write(`${name} …\n`)
    globalThis.gc?.()
    return await run(cleanup)
  } catch (error) {
    process.exitCode = 1
    return [{ what: name, figure: `could not run: ${error instanceof Error ? error.message : error}` }]
  } finally {
    await cleanup.disposeAsync()
    process.off('SIGINT', interrupt)
  }
}

const { values } = readArguments(help, { only: { type: 'string' } })
if (values.only !== undefined && !names.includes(values.only)) refuseArguments(`Unknown benchmark: ${values.only}`, help)
const figures: Figure[] = []
for (const benchmark of benchmarks.filter(({ name }) => (values.only ?? name) === name)) figures.push(...(await runOne(benchmark)))
process.stdout.write(`\n${renderFigures(figures)}`)
