import { readArguments } from './read-arguments.ts'
import { run } from './run.ts'

const help = `Runs JobTalk Admin: all functions and the sweep, on PORT or 8080.

  npm start                    settings come from environment variables: see the README
  npm start -- --port 9000     overrides PORT
  npm start -- --help
`

const { values } = readArguments(help, { port: { type: 'string' } })
await run({ overrides: values.port === undefined ? {} : { PORT: values.port } })
