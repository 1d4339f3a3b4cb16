import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { makeDataDir } from '../testing/service-under-test.ts'

const script = join(import.meta.dirname, 'watch-programs.sh')
const answering = `require('node:http').createServer((_, answer) => answer.writeHead(503).end())
  .listen(0, '127.0.0.1', function () { console.log(this.address().port) })`

/** A process that answers every request, as a backend without its database does. */
const startBackend = async () => {
  const child = spawn(process.execPath, ['-e', answering], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [port] = (await once(child.stdout, 'data')) as [Buffer]
  return { child, pid: child.pid!, port: String(port).trim(), ended: once(child, 'exit') }
}

/** The listener, and supervisord's side of the protocol. `tell` resolves when the event was taken. */
const startListener = (env: Record<string, string>) => {
  const child = spawn('bash', [script], { env: { PATH: process.env['PATH'] ?? '', ...env }, stdio: ['pipe', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  let told = 0
  return {
    lines: () =>
      stderr
        .trimEnd()
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Record<string, string>),
    tell: async (name: string, payload: string) => {
      child.stdin.write(`ver:3.0 server:supervisor serial:1 pool:watch poolserial:1 eventname:${name} len:${payload.length}\n${payload}`)
      told += 1
      await expect.poll(() => stdout.split('RESULT 2\nOK').length - 1, { timeout: 10_000, interval: 20 }).toBe(told)
    },
  }
}

const start = async () => {
  const backend = await startBackend()
  const pidFile = join(makeDataDir(), 'backend.pid')
  writeFileSync(pidFile, `${backend.pid}\n`)
  const listener = startListener({ PORT: backend.port, BACKEND_PID_FILE: pidFile, SILENCE_LIMIT_SECONDS: '3' })
  const tick = () => listener.tell('TICK_5', 'when:1234567890')
  return { backend, pidFile, ...listener, tick }
}

test('kills a backend that stops to answer, and says so', async () => {
  const { backend, tick, lines } = await start()
  await tick()
  backend.child.kill('SIGSTOP')
  await tick()
  await tick()
  const [, signal] = await backend.ended
  expect(signal).toBe('SIGKILL')
  expect(lines()).toMatchObject([
    { level: 'error', program: 'backend', msg: expect.stringMatching(/^it answered nothing for \d+ s and is started again$/) },
  ])
})

test('leaves a backend alone that answers, whatever it answers, one that has not answered yet, and one that answers again', async () => {
  const { backend, pidFile, tick, lines } = await start()
  backend.child.kill('SIGSTOP')
  await tick()
  await tick()
  backend.child.kill('SIGCONT')
  await tick()
  await tick()
  writeFileSync(pidFile, '')
  await tick()
  expect(backend.child.exitCode ?? backend.child.signalCode).toBeNull()
  expect(lines()).toEqual([])
})

test('logs what supervisord tells, with its level', async () => {
  const { tell, lines } = await start()
  await tell('PROCESS_STATE_RUNNING', 'processname:backend groupname:app from_state:STARTING pid:7')
  await tell('PROCESS_STATE_EXITED', 'processname:nginx groupname:app from_state:RUNNING expected:0 pid:8')
  expect(lines()).toMatchObject([
    { level: 'info', program: 'backend', msg: 'running' },
    { level: 'warn', program: 'nginx', msg: 'exited' },
  ])
})
