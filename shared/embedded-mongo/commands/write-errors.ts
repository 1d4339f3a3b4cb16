import { Int32 } from 'bson'
import type { Doc } from '../bson/values.ts'
import { CommandError } from '../command-error.ts'

/** Runs each statement of a batch; an `ordered` batch stops at the first error, and errors are listed by index. */
export const runStatements = <T>(statements: readonly T[], ordered: boolean, run: (statement: T, index: number) => void): Doc => {
  const writeErrors: Doc[] = []
  for (const [index, statement] of statements.entries()) {
    try {
      run(statement, index)
    } catch (error) {
      if (!(error instanceof CommandError)) throw error
      writeErrors.push({ index: new Int32(index), code: new Int32(error.code), errmsg: error.message, ...error.details })
      if (ordered) break
    }
  }
  return writeErrors.length > 0 ? { writeErrors } : {}
}
