type Write = { (message: string): void; (details: object, message?: string): void }

/** Writes structured lines. `child` adds fields to each of its lines. */
export type Log = Readonly<Record<'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal', Write>> & { child: (fields: object) => Log }
