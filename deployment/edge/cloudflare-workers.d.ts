declare module 'cloudflare:workers' {
  /** A single-threaded instance, found by its name, whose requests share what it holds. */
  export abstract class DurableObject<Env> {
    protected readonly env: Env
    constructor(state: unknown, env: Env)
    fetch?(request: Request): Promise<Response>
  }
}

/** How a Worker reaches its Durable Objects: the public methods of `Instance` are called over RPC. */
type DurableObjectNamespace<Instance> = {
  idFromName: (name: string) => object
  get: (id: object) => Instance
}
