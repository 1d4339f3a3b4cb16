import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { programPath, requireParts } from '../testing/real-part.ts'
import { startProgram } from './pipeline-under-test.ts'

const key = (name: 'user' | 'user.pub') => {
  const folder = mkdtempSync(join(tmpdir(), 'check-ci-vars-'))
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', join(folder, 'user')])
  const text = readFileSync(join(folder, name), 'utf8')
  rmSync(folder, { recursive: true })
  return text
}

const strong = () => ({
  LINODE_SSH_HOST: 'server.example',
  LINODE_SSH_USER: 'deploy',
  LINODE_SSH_PRIVATE_KEY: `base64:${btoa(key('user'))}`,
  LINODE_SSH_KNOWN_HOSTS: `server.example ${key('user.pub')}`,
  MONGO_URL_PROD: 'mongodb+srv://app:5e0p9Qz2kd8@cluster.example/?retryWrites=true',
  JWT_SECRET_PROD: '9c1f0ab27d3e58864bd0f2a1c7e93d45',
  ENCRYPTION_KEY_PROD: '7d0c2b9f4a6e81355f3a90b1c7d2e6f4808192a3b4c5d6e79b8a7f6e5d4c3b2a',
})

const check = async (variables: Record<string, string>) => {
  const { code, output } = await startProgram('deployment/check-ci-vars.sh', ['production'], variables).ended
  return { code, lines: output.trim().split('\n').toSorted() }
}

describe.runIf(requireParts('ssh-keygen', 'jq', 'curl'))('check-ci-vars', () => {
  it('is content with variables that are there and strong', async () => {
    expect(await check(strong())).toEqual({ code: 0, lines: ['All variables of production are there and strong.'] })
  })

  it('names each variable that is missing', async () => {
    expect(await check({ LINODE_SSH_HOST: 'server.example' })).toEqual({
      code: 1,
      lines: [
        'ENCRYPTION_KEY_PROD is missing',
        'JWT_SECRET_PROD is missing',
        'LINODE_SSH_KNOWN_HOSTS is missing',
        'LINODE_SSH_PRIVATE_KEY is missing',
        'LINODE_SSH_USER is missing',
        'MONGO_URL_PROD is missing',
      ],
    })
  })

  it.each([
    ['MONGO_URL_PROD', 'https://db.example', /must start with mongodb/],
    ['MONGO_URL_PROD', 'mongodb://db.example/', /is weak/],
    ['JWT_SECRET_PROD', 'CHANGE_ME_CHANGE_ME_CHANGE_ME_CHANGE_ME', /example file/],
    ['JWT_SECRET_PROD', 'abababababababababababababababababababab', /is weak/],
    ['ENCRYPTION_KEY_PROD', 'too short', /must be 32 bytes/],
    ['ENCRYPTION_KEY_PROD', '0'.repeat(64), /is weak/],
    ['LINODE_SSH_PRIVATE_KEY', 'ssh-ed25519 AAAA', /must be a private key/],
    ['LINODE_SSH_KNOWN_HOSTS', 'other.example ssh-ed25519 AAAA', /has no key of the server/],
    ['SMTP_PASSWORD', 'hunter2', /is weak/],
  ])('says what is wrong with %s, and never its value', async (name, value, problem) => {
    const { code, lines } = await check({ ...strong(), [name]: value })
    expect(code).toBe(1)
    expect(lines).toEqual([expect.stringMatching(new RegExp(`^${name} `))])
    expect(lines[0]).toMatch(problem)
    expect(lines[0]).not.toContain(value)
  })

  it('refuses one secret for both environments', async () => {
    const { lines } = await check({ ...strong(), JWT_SECRET_DEV: strong().JWT_SECRET_PROD })
    expect(lines).toEqual(['JWT_SECRET_PROD is weak: it is also JWT_SECRET_DEV'])
  })
})

type Variable = {
  key: string
  value: string | null
  masked: boolean
  protected: boolean
  raw: boolean
  environment_scope: string
  hidden?: boolean
}
const token = 'glpat-a-token-that-no-output-shows'

/** Answers like GitLab's `/projects/:id/variables`: to one token, 100 variables a page. */
const startGitlab = async (variables: readonly Variable[]) => {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://gitlab')
    const page = Number(url.searchParams.get('page'))
    const found = url.pathname === '/api/v4/projects/jobtalk%2Fadmin/variables' && request.headers['private-token'] === token
    response.statusCode = found ? 200 : 404
    response.end(JSON.stringify(found ? variables.slice((page - 1) * 100, page * 100) : { message: '404 Project Not Found' }))
  }).listen(0, '127.0.0.1')
  await new Promise((listening) => server.once('listening', listening))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v4`
}

const stored = (variables: Record<string, string>): Variable[] =>
  Object.entries(variables).map(([name, value]) => ({ key: name, value, masked: true, protected: true, raw: true, environment_scope: '*' }))
const change = (variables: readonly Variable[], name: string, changes: Partial<Variable>) =>
  variables.map((variable) => (variable.key === name ? { ...variable, ...changes } : variable))

describe.runIf(requireParts('ssh-keygen', 'jq', 'curl'))('check-ci-vars with a token of GitLab', () => {
  const ask = async (variables: readonly Variable[], CI_PROJECT_ID = 'jobtalk/admin') =>
    check({ GITLAB_TOKEN: token, CI_PROJECT_ID, CI_API_V4_URL: await startGitlab(variables) })
  const others = Object.fromEntries(Array.from({ length: 120 }, (_, n) => [`OTHER_${n}`, 'x']))

  it('reads all pages of the project', async () => {
    expect(await ask(stored({ ...others, ...strong() }))).toEqual({
      code: 0,
      lines: ['All variables of production are there and strong, masked and protected.'],
    })
  })

  it('names what is unmasked or unprotected', async () => {
    const variables = change(change(stored(strong()), 'JWT_SECRET_PROD', { masked: false }), 'MONGO_URL_PROD', { protected: false })
    expect(await ask(variables)).toEqual({
      code: 1,
      lines: [expect.stringMatching(/^JWT_SECRET_PROD is unmasked/), 'MONGO_URL_PROD is unprotected'],
    })
  })

  it('names a value that GitLab would change, and takes a hidden one for set', async () => {
    const variables = change(stored({ ...strong(), JWT_SECRET_PROD: '$3c1f0ab27d3e58864bd0f2a1c7e93d45' }), 'JWT_SECRET_PROD', {
      raw: false,
    })
    const { lines } = await ask(change(variables, 'ENCRYPTION_KEY_PROD', { value: null, hidden: true }))
    expect(lines).toEqual([expect.stringMatching(/^JWT_SECRET_PROD holds a \$ that GitLab expands/)])
  })

  it('does not count a variable of another environment', async () => {
    expect(await ask(change(stored(strong()), 'JWT_SECRET_PROD', { environment_scope: 'development' }))).toEqual({
      code: 1,
      lines: ['JWT_SECRET_PROD is missing'],
    })
    expect(await ask(change(stored(strong()), 'JWT_SECRET_PROD', { environment_scope: 'prod*' }))).toMatchObject({ code: 0 })
  })

  it('says what it lacks to ask GitLab', async () => {
    expect(await check({ GITLAB_TOKEN: token })).toEqual({ code: 2, lines: ['CI_PROJECT_ID is missing'] })
    const folder = mkdtempSync(join(tmpdir(), 'check-ci-vars-'))
    symlinkSync(programPath('bash'), join(folder, 'bash'))
    expect(await check({ GITLAB_TOKEN: token, PATH: folder })).toEqual({ code: 2, lines: ['Not installed: curl'] })
    rmSync(folder, { recursive: true })
  })

  it('says so when GitLab does not answer, without the token', async () => {
    const { code, lines } = await ask([], 'another')
    expect(code).toBe(2)
    expect(lines.join('\n')).toContain('GitLab did not answer with the variables of the project.')
    expect(lines.join('\n')).not.toContain(token)
  })
})
