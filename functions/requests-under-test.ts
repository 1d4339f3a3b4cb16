import fc from 'fast-check'

type Schema = { readonly [keyword: string]: unknown }
type Document = {
  paths: Record<string, Record<string, { parameters?: { in: string; name: string; schema: Schema }[]; requestBody?: Body }>>
  components: { schemas: Record<string, Schema> }
}
type Body = { content: Record<string, { schema: Schema }> }

const dateTimes = fc
  .date({ min: new Date('2000-01-01T00:00:00Z'), max: new Date('2099-12-31T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString())
const zones = fc.constantFrom('America/New_York', 'Europe/Berlin', 'Asia/Kolkata', 'UTC')

/** Values that a JSON schema allows, and values that it forbids: with one thing wrong, somewhere in them. */
const describeValues = (schemas: Record<string, Schema>) => {
  const resolve = (schema: Schema): Schema =>
    typeof schema['$ref'] === 'string' ? (schemas[schema['$ref'].split('/').at(-1) ?? ''] ?? {}) : schema
  const alternatives = (schema: Schema) => (schema['anyOf'] ?? schema['oneOf']) as Schema[] | undefined
  const propertiesOf = (schema: Schema) => Object.entries((schema['properties'] ?? {}) as Record<string, Schema>)

  const texts = (schema: Schema): fc.Arbitrary<string> => {
    const [min, max] = [Number(schema['minLength'] ?? 0), Number(schema['maxLength'] ?? 40)]
    if (schema['format'] === 'date-time') return dateTimes
    if (schema['format'] === 'iana-time-zone') return zones
    if (schema['pattern'] !== undefined)
      return fc
        .stringMatching(new RegExp(String(schema['pattern'])))
        .filter((text) => text.length >= min && text.length <= Number(schema['maxLength'] ?? text.length))
    return fc.string({ minLength: min, maxLength: Math.min(max, min + 40), unit: 'grapheme' }).filter((text) => text.length <= max)
  }

  const allowed = (given: Schema): fc.Arbitrary<unknown> => {
    const schema = resolve(given)
    if ('const' in schema) return fc.constant(schema['const'])
    if (Array.isArray(schema['enum'])) return fc.constantFrom(...(schema['enum'] as unknown[]))
    const options = alternatives(schema)
    if (options) return fc.oneof(...options.map(allowed))
    const [min, max] = [Number(schema['minimum'] ?? 0), Number(schema['maximum'] ?? 1_000)]
    switch (schema['type']) {
      case 'string':
        return texts(schema)
      case 'integer':
        return fc.integer({ min, max })
      case 'number':
        return fc.integer({ min: Math.ceil(Number(schema['exclusiveMinimum'] ?? min - 1) + 1), max })
      case 'boolean':
        return fc.boolean()
      case 'null':
        return fc.constant(null)
      case 'array':
        return fc.array(allowed((schema['items'] ?? {}) as Schema), {
          minLength: Number(schema['minItems'] ?? 0),
          maxLength: Math.min(Number(schema['maxItems'] ?? 3), 3),
        })
      default:
        return fc.record(Object.fromEntries(propertiesOf(schema).map(([name, part]) => [name, allowed(part)])), {
          requiredKeys: (schema['required'] ?? []) as string[],
        })
    }
  }

  /** A value of another type, or beyond a bound. */
  const wrong = (schema: Schema): fc.Arbitrary<unknown> => {
    const bounds: unknown[] = [{ $wrong: true }, [['wrong']]]
    if (typeof schema['maxLength'] === 'number' && schema['type'] === 'string') bounds.push('x'.repeat(schema['maxLength'] + 1))
    if (schema['type'] === 'string') bounds.push(5, true, null, 'half a character \ud800')
    if (Number(schema['minLength']) > 0) bounds.push('')
    if (typeof schema['maximum'] === 'number') bounds.push(schema['maximum'] + 1, 1.5, '5')
    if (typeof schema['minimum'] === 'number') bounds.push(schema['minimum'] - 1)
    if (schema['type'] === 'boolean') bounds.push('true', 1)
    if (schema['enum'] !== undefined) bounds.push('no such value')
    return fc.constantFrom(...bounds)
  }
  const isPlain = (schema: Schema) => schema['type'] !== 'object' && schema['type'] !== 'array' && !alternatives(schema) && 'type' in schema

  const forbidden = (given: Schema): fc.Arbitrary<unknown> | null => {
    const schema = resolve(given)
    if (isPlain(schema)) return wrong(schema)
    if (schema['type'] !== 'object') return null
    const right = allowed(schema) as fc.Arbitrary<Record<string, unknown>>
    const ways = propertiesOf(schema).flatMap(([name, part]) => {
      const values = forbidden(part)
      return values ? [fc.tuple(right, values).map(([value, bad]) => ({ ...value, [name]: bad }))] : []
    })
    const lacking = ((schema['required'] ?? []) as string[]).map((name) => right.map(({ [name]: _, ...rest }) => rest))
    const extra = schema['additionalProperties'] === false ? [right.map((value) => ({ ...value, unknownField: 1 }))] : []
    return fc.oneof(...ways, ...lacking, ...extra, fc.constantFrom<unknown>([], 'text', 5, null))
  }
  return { allowed, forbidden }
}

export type GeneratedRequest = { query: Record<string, string>; body: unknown }

/** For each route that takes input: requests that the document allows, and ones that it forbids. */
export const describeRequests = ({ paths, components }: Document) => {
  const { allowed, forbidden } = describeValues(components.schemas)
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { parameters = [], requestBody }]) => {
      const body = requestBody?.content['application/json']?.schema
      const query = parameters.filter((parameter) => parameter.in === 'query')
      if (!body && query.length === 0) return []
      const asQuery = fc
        .record(Object.fromEntries(query.map(({ name, schema }) => [name, allowed(schema).map(String)])), { requiredKeys: [] })
        .map((values) => values as Record<string, string>)
      const bodies = body ? allowed(body) : fc.constant(undefined)
      const badBodies = body && forbidden(body)
      const right = fc.record({ query: asQuery, body: bodies })
      return [
        {
          route: `${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, 'nothing')}`,
          allowed: right as fc.Arbitrary<GeneratedRequest>,
          forbidden: (badBodies ? fc.record({ query: asQuery, body: badBodies }) : null) as fc.Arbitrary<GeneratedRequest> | null,
        },
      ]
    }),
  )
}
