import { ReachError, type ReachErrorDetails } from '../../reach/reach-error.ts'

/** The thread that served this partner was ended because of another one: the work can be done once more. */
export class ThreadLost extends ReachError {
  constructor(details: Omit<ReachErrorDetails, 'reason'>) {
    super('The thread that served this partner was ended because of another one.', { ...details, reason: 'aborted' })
  }
}
