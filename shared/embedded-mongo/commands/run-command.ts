import { BSONError, Double, Int32, serialize } from 'bson'
import type { Doc } from '../bson/values.ts'
import { CommandError } from '../command-error.ts'
import type { Engine } from '../engine.ts'
import { ADMIN_COMMANDS } from './admin-commands.ts'
import { aggregate } from './aggregate-command.ts'
import { type Command, checkArguments, checkDatabaseName } from './command.ts'
import { findAndModify } from './find-and-modify.ts'
import { INDEX_COMMANDS } from './index-commands.ts'
import { READ_COMMANDS } from './read-commands.ts'
import { WRITE_COMMANDS } from './write-commands.ts'

const COMMANDS: ReadonlyMap<string, Command> = new Map(
  Object.entries({
    ...ADMIN_COMMANDS,
    ...READ_COMMANDS,
    ...WRITE_COMMANDS,
    ...INDEX_COMMANDS,
    aggregate,
    findAndModify,
    findandmodify: findAndModify,
  }),
)

/** An answer may be a little larger than the largest document, which it may hold. */
const encodeAnswer = (answer: Doc): Uint8Array => serialize(answer, { ignoreUndefined: true })

const failure = (error: unknown, engine: Engine, name: string): Doc => {
  if (error instanceof CommandError) {
    engine.log.debug({ command: name, code: error.code, codeName: error.codeName }, 'embedded mongo: a command was refused')
    return { ok: new Double(0), errmsg: error.message, code: new Int32(error.code), codeName: error.codeName, ...error.details }
  }
  if (error instanceof BSONError) return { ok: new Double(0), errmsg: error.message, code: new Int32(22), codeName: 'InvalidBSON' }
  engine.log.error({ err: error, command: name }, 'embedded mongo: a command failed')
  return { ok: new Double(0), errmsg: 'Internal error', code: new Int32(1), codeName: 'InternalError' }
}

const inTransaction = (engine: Engine, work: () => Doc | Uint8Array): Doc | Uint8Array => {
  try {
    return engine.database.transaction(work)
  } catch (error) {
    engine.catalog.reload()
    throw error
  }
}

const execute = (engine: Engine, name: string, body: Doc): Doc | Uint8Array => {
  const command = COMMANDS.get(name)
  if (!command) throw new CommandError('CommandNotFound', `no such command: '${name}'`)
  checkArguments(name, command, body)
  const db = checkDatabaseName(body['$db'])
  const run = (): Doc | Uint8Array => command.run(engine, db, body)
  return command.writes ? inTransaction(engine, run) : run()
}

/** Runs the command in `body` (its first field names it) and returns the answer's BSON; an error is an answer too, as in MongoDB. */
export const runCommand = (engine: Engine, body: Doc): Uint8Array => {
  const name = Object.keys(body)[0] ?? ''
  try {
    const answer = execute(engine, name, body)
    return answer instanceof Uint8Array ? answer : encodeAnswer({ ...answer, ok: new Double(1) })
  } catch (error) {
    return encodeAnswer(failure(error, engine, name))
  }
}
