import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { readArguments } from './read-arguments.ts'

const help = `Runs JobTalk Admin: all functions and the sweep, on PORT or 8080.

  npm start                    settings come from environment variables: see the README
  npm start -- --port 9000     overrides PORT
  npm start -- --help
`

// A connection keeps some small buffers for as long as it lives, and each keeps the whole slab that it was cut from: of Node's 64 kB
// slabs, 500 partners hold 40 MB.
Buffer.poolSize = 8_192

const { values } = readArguments(help, { port: { type: 'string' } })
// What is imported after this is compiled once, and read from here at the next start: half of a start is compiling. The folder
// belongs to whoever installed the packages, as nobody else may decide what runs.
enableCompileCache(join(import.meta.dirname, '../../node_modules/.cache/compiled'))
const { run } = await import('./run.ts')
await run({ overrides: values.port === undefined ? {} : { PORT: values.port } })
