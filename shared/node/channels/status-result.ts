import type { SendResult } from '../../alert/channel.ts'
import { refuse, retryLater } from '../../alert/send-failure.ts'
import { readRetryAfter } from './read-retry-after.ts'

const temporaryStatus = [408, 425, 429]

/** What an HTTP status says of a message: 408, 425, 429 and 5xx may be tried again, any other that is not 2xx is for good. */
export const statusResult = (status: number, retryAfter: string | undefined, now: Date): SendResult => {
  const code = String(status)
  if (status >= 200 && status < 300) return { ok: true, code }
  if (status >= 500 || temporaryStatus.includes(status))
    return retryLater(code, `The receiver answered ${code}.`, readRetryAfter(retryAfter, now))
  return refuse(code, `The receiver refused the message (${code}).`)
}
