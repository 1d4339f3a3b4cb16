import { MongoServerError } from 'mongodb'

/** Whether a write failed because a unique index already holds its key. */
export const isDuplicateKey = (error: unknown): boolean => error instanceof MongoServerError && error.code === 11000
