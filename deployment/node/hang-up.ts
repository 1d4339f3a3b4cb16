import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'

/** Ends the connection of a request, whatever waits in it. */
export const hangUp = (c: Context): void => {
  const { outgoing } = (c.env ?? {}) as Partial<HttpBindings>
  outgoing?.destroy()
}
