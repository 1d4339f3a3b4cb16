import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { docker } from '../testing/images-under-test.ts'
import { requireParts } from '../testing/real-part.ts'
import { startJob, startProgram } from './pipeline-under-test.ts'
import { startStage } from './stage-under-test.ts'

/** A folder in which the server's user too can write. */
const makeFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'no-secret-'))
  for (const name of ['job', 'server']) {
    mkdirSync(join(folder, name))
    chmodSync(join(folder, name), 0o777)
  }
  chmodSync(folder, 0o755)
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}
/** Writes down each program that starts below this one, with all of its arguments. */
const trace = (folder: string) => ['strace', '-ff', '-qq', '-e', 'trace=execve', '-s', '100000', '-o', join(folder, 'exec')]
const traced = (folder: string) =>
  readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n')

describe.runIf(requireParts('strace'))('a deployment and a rollback', () => {
  it('show no secret in a log or in the arguments of a program, here or on the server', async () => {
    const folder = makeFolder()
    const stage = await startStage({ v1: [], v2: [] }, { wrapper: trace(join(folder, 'server')).join(' ') })
    const variables = stage.variables('v1', {
      SMTP_PASSWORD: 'Ma1lPa55 of 2026',
      ENCRYPTION_KEY_PREVIOUS_DEV: 'Previou5 key of 32 characters...',
      TMPDIR: join(folder, 'job'),
    })
    const jobs = [
      await startJob('deploy_dev', variables, trace(join(folder, 'job'))).ended,
      await startJob('deploy_dev', { ...variables, CI_COMMIT_SHA: 'v2' }, trace(join(folder, 'job'))).ended,
      await startProgram('bash', ['-x', 'deployment/release/rollback.sh', 'development', 'v1'], variables).ended,
      await startProgram('bash', ['-x', 'deployment/deploy.sh', 'development'], variables).ended,
      await startProgram('bash', ['-x', 'deployment/check-ci-vars.sh', 'development'], variables).ended,
    ]
    expect(jobs.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0])

    const secrets = [
      ...[
        'JWT_SECRET_DEV',
        'ENCRYPTION_KEY_DEV',
        'ENCRYPTION_KEY_PREVIOUS_DEV',
        'ADMIN_PASSWORD_DEV',
        'SMTP_PASSWORD',
        'CI_REGISTRY_PASSWORD',
      ].map((name) => variables[name] ?? ''),
      // The seed: what stands around it in the file is the public key, which the server may log.
      variables['LINODE_SSH_PRIVATE_KEY']?.split('\n')[4]?.slice(8, 40) ?? '',
    ]
    // Whatever escapes stand further on, a secret begins with the same characters.
    const forms = secrets.flatMap((secret) => [secret.slice(0, 8), btoa(secret)])
    const places = {
      log: jobs.map(({ output }) => output).join('\n'),
      'programs of the job': traced(join(folder, 'job')),
      'programs on the server': traced(join(folder, 'server')),
      "the container's log": docker(['logs', 'jobtalk-dev_jobtalk_app_1']),
      "the server's log": stage.server.sshd.readLog(),
    }
    expect(places['programs of the job']).toContain('execve("/usr/bin/ssh"')
    expect(places['programs on the server']).toMatch(/"--password-stdin"/)
    for (const [place, text] of Object.entries(places))
      expect(
        forms.filter((form) => text.includes(form)),
        place,
      ).toEqual([])
  })

  it('leave no key behind on the machine of the job', async () => {
    const folder = makeFolder()
    const stage = await startStage({ v1: [] })
    expect(await stage.deploy('v1', { TMPDIR: join(folder, 'job') })).toMatchObject({ code: 0 })
    expect(await stage.deploy('missing', { TMPDIR: join(folder, 'job') })).toMatchObject({ code: 1 })
    expect(execFileSync('find', [join(folder, 'job'), '-mindepth', '1'], { encoding: 'utf8' })).toBe('')
  })
})
