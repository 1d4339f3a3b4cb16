import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { contentPolicy } from '../../shared/http/create-app.ts'

test('nginx sends the content security policy that the service sends', () => {
  const configuration = readFileSync(join(import.meta.dirname, '../nginx.conf'), 'utf8')
  expect(/"(default-src 'none'[^"]+)"/.exec(configuration)?.[1]).toBe(contentPolicy)
})
