import { Agent, get } from 'node:http'

type Target = { url: string; authorization?: string }

const connections = 4
const timeoutMs = 10_000

const requestOnce = (agent: Agent, { url, authorization }: Target): Promise<void> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const options = { agent, signal: AbortSignal.timeout(timeoutMs), headers: authorization === undefined ? {} : { authorization } }
  get(url, options, (response) => {
    if (response.statusCode !== 200) reject(new Error(`${url} answered ${response.statusCode}`))
    response.on('end', resolve).on('error', reject).resume()
  }).on('error', reject)
  return promise
}

/** Requests per second over four connections that are kept alive, each asking again as soon as it was answered, for `ms`. */
export const measureRate = async (target: Target, ms: number): Promise<number> => {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const startedAt = performance.now()
  let answered = 0
  const ask = async () => {
    while (performance.now() - startedAt < ms) {
      await requestOnce(agent, target)
      answered += 1
    }
  }
  try {
    await Promise.all(Array.from({ length: connections }, ask))
    return answered / ((performance.now() - startedAt) / 1000)
  } finally {
    agent.destroy()
  }
}
