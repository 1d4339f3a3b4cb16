import { createSignal, Show } from 'solid-js'
import { useSession } from '../../api/api-context.tsx'
import { ApiError } from '../../api/api-error.ts'
import { Button } from '../../components/button.tsx'
import { TextField } from '../../components/text-field.tsx'

export const SignInPage = (props: { ended: boolean }) => {
  const session = useSession()
  const [username, setUsername] = createSignal('')
  const [password, setPassword] = createSignal('')
  const [problem, setProblem] = createSignal<string>()
  const [isBusy, setBusy] = createSignal(false)
  const signIn = async (event: SubmitEvent) => {
    event.preventDefault()
    setBusy(true)
    setProblem(undefined)
    try {
      await session.signIn(username(), password())
    } catch (error) {
      setProblem(error instanceof ApiError ? error.message : 'Something went wrong.')
      setBusy(false)
    }
  }
  return (
    <main class="grid min-h-dvh place-items-center p-4">
      <form onSubmit={signIn} class="card flex w-full max-w-sm flex-col gap-4 p-6">
        <h1 class="flex items-center gap-2 text-lg font-semibold">
          <img src="/icon.svg" alt="" width="26" height="26" />
          JobTalk Admin
        </h1>
        <Show when={props.ended && !problem()}>
          <p role="status" class="rounded-md bg-medium-soft px-3 py-2 text-sm text-medium">
            Your session has ended. Sign in to go on where you were.
          </p>
        </Show>
        <TextField label="Username" name="username" autocomplete="username" autofocus required value={username()} onInput={setUsername} />
        <TextField
          label="Password"
          name="password"
          type="password"
          autocomplete="current-password"
          required
          value={password()}
          onInput={setPassword}
        />
        <Show when={problem()}>
          <p role="alert" class="text-sm text-critical">
            {problem()}
          </p>
        </Show>
        <Button type="submit" look="primary" busy={isBusy()}>
          Sign in
        </Button>
      </form>
    </main>
  )
}
