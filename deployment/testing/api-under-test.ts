/** `body` is sent as JSON, `text` as it is. */
export type ApiRequest = { as?: string | undefined; body?: unknown; text?: string; headers?: Record<string, string> }

/** The method, the path and the rest of a request to a route: a method and a path, as in `GET /health`. */
export const requestOf = (route: string, { as, body, text, headers }: ApiRequest = {}) => {
  const [method = 'GET', path = '/'] = route.split(' ')
  const init = {
    method,
    headers: {
      ...(as && { Authorization: `Bearer ${as}` }),
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(text !== undefined && { body: text }),
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }
  return { path, init }
}

/** The body of an answer that must be a success. */
export const bodyOf = async <Body>(route: string, response: Response): Promise<Body> => {
  if (!response.ok) throw new Error(`${route} answered ${response.status}: ${await response.text()}`)
  return (await response.json()) as Body
}

/** The API as a client of the port on this machine sees it. */
export const apiAt = (port: number) => {
  const request = (route: string, options?: ApiRequest) => {
    const { path, init } = requestOf(route, options)
    return fetch(`http://127.0.0.1:${port}${path}`, init)
  }
  /** The body of an answer that must be a success. */
  const read = async <Body>(route: string, options?: ApiRequest) => bodyOf<Body>(route, await request(route, options))
  return {
    request,
    read,
    logIn: async (password: string) =>
      (await read<{ accessToken: string }>('POST /api/login', { body: { username: 'admin', password } })).accessToken,
  }
}
