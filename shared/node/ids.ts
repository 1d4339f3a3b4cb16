import { randomUUIDv7 } from 'node:crypto'

/** A new id: a UUIDv7 (RFC 9562), so that ids sort by the time they were made, in milliseconds. */
export const newId = (): string => randomUUIDv7()
