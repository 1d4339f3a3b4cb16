import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { makeDataDir, runProgram } from '../testing/service-under-test.ts'

const names = ['Summit Logistics', 'Harbor Health', 'Deccan Talent', 'Copper Ridge Jobs', 'Bluebird Hiring', 'Lakeside Care']

test('the demo shows six partners with numbers, and ends cleanly with nothing left behind', async () => {
  const TMPDIR = makeDataDir()
  const options = { args: ['--port', '0', '--seconds', '15'], env: { TMPDIR } }
  const { code, stdout, stderr } = await runProgram('deployment/demo/demo.ts', options)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/http:\/\/localhost:\d+/)
  expect(stdout).toMatch(/admin \/ \S+/)
  const lines = stdout.split('\n')
  for (const name of names) {
    const row = lines.findLast((line) => line.startsWith(name)) ?? ''
    const cells = row.split('│').map((cell) => cell.trim())
    expect(cells, `${name}: ${row}`).toHaveLength(9)
    for (const cell of cells.slice(2, 8)) expect(cell, row).toMatch(/^\d+([./]\d+)?$/)
    expect(cells[8]).toMatch(/^\d+ s ago$/)
  }
  expect(lines.findLast((line) => line.startsWith('Summit Logistics'))).toContain('CRITICAL')
  expect(readdirSync(TMPDIR)).toEqual([])
})
