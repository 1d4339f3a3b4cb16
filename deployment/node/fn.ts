import { type FunctionName, functionNames } from '../../functions/router.ts'
import { readArguments, refuseArguments } from './read-arguments.ts'
import { run } from './run.ts'

const help = `Runs only the named functions: same URLs, same guards.

  npm run fn -- partners probe --port 9001

Functions: ${functionNames.join(', ')}
The sweep runs where snapshots is named. Settings come from environment variables: see the README.
`

const isFunctionName = (name: string): name is FunctionName => functionNames.some((known) => known === name)

const { values, positionals } = readArguments(help, { port: { type: 'string' } }, true)
const unknown = positionals.filter((name) => !isFunctionName(name))
if (unknown.length > 0) refuseArguments(`Unknown function: ${unknown.join(', ')}`, help)
if (positionals.length === 0) refuseArguments('No function is named.', help)
await run({ names: positionals.filter(isFunctionName), overrides: values.port === undefined ? {} : { PORT: values.port } })
