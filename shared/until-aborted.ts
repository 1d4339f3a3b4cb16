/** Settles as `work` does, or resolves as soon as the signal aborts; the work goes on. */
export const untilAborted = (work: Promise<void>, signal: AbortSignal): Promise<void> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const stop = () => resolve()
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  work.then(resolve, reject)
  return promise.finally(() => signal.removeEventListener('abort', stop))
}
