import { type ParseArgsConfig, parseArgs } from 'node:util'

type Options = NonNullable<ParseArgsConfig['options']>
type Arguments<Own extends Options> = Pick<ReturnType<typeof parseArgs<{ options: Own }>>, 'values'> & { positionals: string[] }

/** Says what is wrong with a program's arguments and how to use it, and ends the process with 2. */
export const refuseArguments = (problem: string, help: string): never => {
  process.stderr.write(`${problem}\n\n${help}`)
  process.exit(2)
}

/** Reads a program's arguments. `--help` prints `help` and ends the process with 0; an option that is not among `options` is refused. */
export const readArguments = <Own extends Options>(help: string, options: Own, allowPositionals = false): Arguments<Own> => {
  try {
    const { values, positionals } = parseArgs({ options: { ...options, help: { type: 'boolean' } }, allowPositionals })
    if (!('help' in values)) return { values, positionals } as Arguments<Own>
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    refuseArguments(error.message, help)
  }
  process.stdout.write(help)
  process.exit(0)
}
