import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { requireParts } from '../testing/real-part.ts'

const isScript = (path: string) => path.endsWith('.sh') || /^#!.*\b(ba)?sh\b/.test(readFileSync(path, 'utf8').slice(0, 40))
const scripts = execFileSync('git', ['ls-files', '.ci', 'deployment'], { encoding: 'utf8' }).trim().split('\n').filter(isScript)

describe.runIf(requireParts('shellcheck'))('shell scripts', () => {
  it.each(scripts)('shellcheck finds nothing in %s', (path) => {
    expect(execFileSync('shellcheck', ['-x', path], { encoding: 'utf8' })).toBe('')
  })
})

describe.runIf(requireParts('check-jsonschema'))('.gitlab-ci.yml', () => {
  it("is valid by GitLab's published schema", () => {
    expect(execFileSync('check-jsonschema', ['--builtin-schema', 'vendor.gitlab-ci', '.gitlab-ci.yml'], { encoding: 'utf8' })).toContain(
      'ok',
    )
  })
})
