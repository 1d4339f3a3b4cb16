/** MongoDB's error codes that the engine answers with (names as in MongoDB's `error_codes.yml`). */
const CODES = {
  BadValue: 2,
  FailedToParse: 9,
  TypeMismatch: 14,
  InvalidLength: 16,
  IllegalOperation: 20,
  InvalidBSON: 22,
  NamespaceNotFound: 26,
  IndexNotFound: 27,
  PathNotViable: 28,
  ConflictingUpdateOperators: 40,
  CursorNotFound: 43,
  NamespaceExists: 48,
  DollarPrefixedFieldName: 52,
  InvalidIdField: 53,
  CommandNotFound: 59,
  ImmutableField: 66,
  CannotCreateIndex: 67,
  InvalidOptions: 72,
  InvalidNamespace: 73,
  IndexOptionsConflict: 85,
  IndexKeySpecsConflict: 86,
  CannotIndexParallelArrays: 171,
  NotImplemented: 238,
  QueryExceededMemoryLimitNoDiskUseAllowed: 292,
  BSONObjectTooLarge: 10334,
  DuplicateKey: 11000,
  Location40324: 40324,
  Location40415: 40415,
} as const

export type ErrorName = keyof typeof CODES

/** An error that is answered to the client as MongoDB would: `code`, `codeName`, `errmsg` and, for some codes, details. */
export class CommandError extends Error {
  readonly code: number
  readonly codeName: ErrorName
  readonly details: Record<string, unknown>

  constructor(codeName: ErrorName, message: string, details: Record<string, unknown> = {}) {
    super(message)
    this.name = 'CommandError'
    this.code = CODES[codeName]
    this.codeName = codeName
    this.details = details
  }
}
