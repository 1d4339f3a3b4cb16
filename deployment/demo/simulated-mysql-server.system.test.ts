import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type SimulatedPartner, startSimulatedPartner } from './simulated-partner.ts'

const run = promisify(execFile)
const client = 'mariadb'
const hasClient = spawnSync(client, ['--version']).status === 0
if (!hasClient && process.env['CI'] === 'true') throw new Error('The mariadb client is missing.')
if (!hasClient) console.warn('Skipped: the mariadb client is missing.')

describe.skipIf(!hasClient)("MariaDB's own client", () => {
  let partner: SimulatedPartner
  beforeAll(async () => {
    partner = await startSimulatedPartner({ name: 'Acme', seed: 1, profile: 'busy', now: () => Date.UTC(2026, 0, 5, 12) })
  })
  afterAll(() => partner.stop())

  const execute = (password: string, sql: string) => {
    const { host, port, username, name } = partner.db
    const options = ['--no-defaults', '--skip-ssl', '--batch', `-h${host}`, `-P${port}`, `-u${username}`, `-p${password}`, name]
    return run(client, [...options, '-e', sql], { timeout: 20_000 })
  }

  test('signs in, changes to the database and reads its rows', async () => {
    const { stdout } = await execute(
      partner.db.password,
      "use acme; SET NAMES utf8; SELECT COUNT(*) AS active, NULL AS none FROM calls WHERE status = 'INPROGRESS'",
    )
    expect(stdout).toBe('active\tnone\n20\tNULL\n')
  })

  test('gets an error for a wrong password, an unknown database and a wrong statement', async () => {
    await expect(execute('wrong', 'SELECT 1')).rejects.toThrow('ERROR 1045')
    await expect(execute(partner.db.password, 'use nope')).rejects.toThrow('ERROR 1049')
    await expect(execute(partner.db.password, 'SELECT * FROM nope')).rejects.toThrow('ERROR 1146')
  })
})
