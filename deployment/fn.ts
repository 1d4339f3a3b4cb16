import { parseArgs } from 'node:util'
import { type FunctionName, functionNames } from '../functions/router.ts'
import { run } from './run.ts'

const help = `Runs only the named functions: same URLs, same guards.

  npm run fn -- partners probe --port 9001

Functions: ${functionNames.join(', ')}
The sweep runs where snapshots is named. Settings come from environment variables: see the README.
`

const isFunctionName = (name: string): name is FunctionName => functionNames.some((known) => known === name)

const { values, positionals } = parseArgs({ allowPositionals: true, options: { help: { type: 'boolean' }, port: { type: 'string' } } })
const unknown = positionals.filter((name) => !isFunctionName(name))
if (values.help) process.stdout.write(help)
else if (positionals.length === 0 || unknown.length > 0) {
  process.stderr.write(unknown.length > 0 ? `Unknown function: ${unknown.join(', ')}\n\n${help}` : help)
  process.exitCode = 2
} else await run({ names: positionals.filter(isFunctionName), overrides: values.port === undefined ? {} : { PORT: values.port } })
