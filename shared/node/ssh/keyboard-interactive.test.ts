import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import ssh2, { type Prompt } from 'ssh2'
import { expect, onTestFinished, test } from 'vitest'
import { createSshKey } from '../../../deployment/demo/create-ssh-key.ts'
import { refusal, signIn } from './sign-in-under-test.ts'

const password = 'corvid-9-lamp'
type Dialog = { instructions?: string; prompts: Prompt[] }[]

/** A server that asks these questions one after the other, and takes what is right: `answers` is what it was told. */
const ask = async (dialog: Dialog, methods: ('keyboard-interactive' | 'password')[] = ['keyboard-interactive']) => {
  const answers: string[] = []
  const server = new ssh2.Server({ hostKeys: [createSshKey().privateKey] }, (client) => {
    client.on('error', () => {})
    client.on('authentication', (context) => {
      if (context.method === 'password' && methods.includes('password')) {
        answers.push(`password: ${context.password}`)
        return context.password === password ? context.accept() : context.reject(methods)
      }
      if (context.method !== 'keyboard-interactive') return context.reject(methods)
      const askNext = ([round, ...rest]: Dialog): void => {
        if (!round) {
          context.accept()
          return
        }
        context.prompt(round.prompts, '', round.instructions ?? '', (given: string[] | Error) => {
          // The client gave the dialog up.
          if (given instanceof Error) return
          answers.push(...given)
          if (given.length === round.prompts.length && given.every((answer) => answer === password)) askNext(rest)
          else context.reject(methods)
        })
      }
      askNext(dialog)
    })
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  return { login: { port: (server.address() as AddressInfo).port, username: 'ops', password }, answers }
}

const secret = (prompt: string): Prompt => ({ prompt, echo: false })

test.each(['Password: ', 'Passwort:', '(ops@bastion) Password for ops: '])(
  'one prompt without echo is answered with the password: %s',
  async (prompt) => {
    const { login, answers } = await ask([{ prompts: [secret(prompt)] }])
    await signIn(login)
    expect(answers).toEqual([password])
  },
)

test('a dialog may begin with a message, and end with one', async () => {
  const { login, answers } = await ask([{ instructions: 'Welcome', prompts: [] }, { prompts: [secret('Password: ')] }, { prompts: [] }])
  await signIn(login)
  expect(answers).toEqual([password])
})

test.each<[string, Dialog[number]]>([
  ['“Verification code:”', { prompts: [secret('Verification code: ')] }],
  ['“One-time password (OATH) for ops:”', { prompts: [secret('One-time password (OATH) for ops: ')] }],
  ['“Enter PASSCODE:”', { prompts: [secret('Enter PASSCODE: ')] }],
  ['“Password:”', { prompts: [{ prompt: 'Password: ', echo: true }] }],
  ['“Password: Verification code:”', { prompts: [secret('Password: '), secret('Verification code: ')] }],
  [
    '“Duo login for ops 1. Push Option:”',
    { instructions: 'Duo login for ops\n1. Push', prompts: [{ prompt: 'Option:\u202e ', echo: true }] },
  ],
])('what is not a prompt for a password is shown, and no secret is sent: %s', async (shown, round) => {
  const { login, answers } = await ask([round])
  expect(await refusal(login)).toBe(
    `The SSH server did not accept the login. The server asks what this service cannot answer: ${shown}. It allows keyboard-interactive.`,
  )
  expect(answers).toEqual([])
})

test('a second question after the password is shown, and gets no answer', async () => {
  const { login, answers } = await ask([{ prompts: [secret('Password: ')] }, { prompts: [secret('Verification code: ')] }])
  expect(await refusal(login)).toContain('The server asks what this service cannot answer: “Verification code:”.')
  expect(answers).toEqual([password])
})

test('where the server takes a password beside its dialog, that is tried instead', async () => {
  const { login, answers } = await ask([{ prompts: [secret('Verification code: ')] }], ['keyboard-interactive', 'password'])
  await signIn(login)
  expect(answers).toEqual([`password: ${password}`])
  const wrong = { ...login, password: 'wrong' }
  expect(await refusal(wrong)).toContain('refused the password. The server asks what this service cannot answer: “Verification code:”.')
})

test('a server that asks for the same password again and again is told it once', async () => {
  const { login, answers } = await ask([{ prompts: [secret('Password: ')] }, { prompts: [secret('Password: ')] }])
  expect(await refusal(login)).toContain('“Password:”')
  expect(answers).toEqual([password])
})
