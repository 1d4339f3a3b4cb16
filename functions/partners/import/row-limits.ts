import { AppError } from '../../../shared/errors.ts'

/** An import takes so many rows. */
export const maxRows = 1_000
/** Characters: more than any partner's fields take together, however they are escaped. */
export const maxRowLength = 200_000

export const rowTooLong = (row: string) => new AppError('invalid', `${row} is longer than ${maxRowLength} characters.`)
export const tooManyRows = () => new AppError('invalid', `There are more than ${maxRows} rows; an import takes up to ${maxRows}.`)
