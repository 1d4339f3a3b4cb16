/** `body` is sent as JSON, `text` as it is. */
export type ApiRequest = { as?: string; body?: unknown; text?: string; headers?: Record<string, string> }

/** The API as a client of the port on this machine sees it. A route is a method and a path: `GET /health`. */
export const apiAt = (port: number) => {
  const request = (route: string, { as, body, text, headers }: ApiRequest = {}) => {
    const [method = 'GET', path = '/'] = route.split(' ')
    return fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: {
        ...(as && { Authorization: `Bearer ${as}` }),
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(text !== undefined && { body: text }),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  }
  /** The body of an answer that must be a success. */
  const read = async <Body>(route: string, options: ApiRequest = {}): Promise<Body> => {
    const response = await request(route, options)
    if (!response.ok) throw new Error(`${route} answered ${response.status}: ${await response.text()}`)
    return (await response.json()) as Body
  }
  return {
    request,
    read,
    logIn: async (password: string) =>
      (await read<{ accessToken: string }>('POST /api/login', { body: { username: 'admin', password } })).accessToken,
  }
}
