import { createSignal, type JSX, Show, splitProps } from 'solid-js'
import { useSession } from '../../api/api-context.tsx'
import { ApiError } from '../../api/api-error.ts'
import { Button } from '../../components/button.tsx'
import { inputClass } from '../../components/input-class.ts'
import { formatDuration } from '../../time/format-time.ts'
import { useZone } from '../../time/zone-context.tsx'

/** What a refused sign-in says, and until when (epoch milliseconds) another is refused. */
type Problem = { text: string; waitUntil: number | null }

const toProblem = (error: unknown): Problem => {
  if (!(error instanceof ApiError)) return { text: 'Something went wrong.', waitUntil: null }
  const waitMs = error.retryAfterSeconds === null ? null : error.retryAfterSeconds * 1_000
  return { text: error.message, waitUntil: waitMs === null ? null : Date.now() + waitMs }
}

type CredentialProps = { label: string; value: string; onInput: (value: string) => void } & Pick<
  JSX.InputHTMLAttributes<HTMLInputElement>,
  'name' | 'type' | 'autocomplete' | 'autofocus'
>

/** A native text field: the one of the forms would enlarge the first load. */
const Credential = (props: CredentialProps) => {
  const [own, input] = splitProps(props, ['label', 'value', 'onInput'])
  return (
    <label class="flex flex-col gap-1 text-sm font-medium">
      {own.label}
      <input
        {...input}
        required
        value={own.value}
        onInput={(event) => own.onInput(event.currentTarget.value)}
        class={`${inputClass} h-9 font-normal`}
      />
    </label>
  )
}

export const SignInPage = (props: { ended: boolean }) => {
  const session = useSession()
  const { now } = useZone()
  const [username, setUsername] = createSignal('')
  const [password, setPassword] = createSignal('')
  const [problem, setProblem] = createSignal<Problem>()
  const [isBusy, setBusy] = createSignal(false)
  const waitMs = () => Math.max(0, (problem()?.waitUntil ?? 0) - now())
  const signIn = async (event: SubmitEvent) => {
    event.preventDefault()
    setBusy(true)
    setProblem(undefined)
    try {
      await session.signIn(username(), password())
    } catch (error) {
      setProblem(toProblem(error))
      setPassword('')
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
            Your session has ended. Sign in to continue where you left off.
          </p>
        </Show>
        <Credential label="Username" name="username" autocomplete="username" autofocus value={username()} onInput={setUsername} />
        <Credential
          label="Password"
          name="password"
          type="password"
          autocomplete="current-password"
          value={password()}
          onInput={setPassword}
        />
        <Show when={problem()}>
          {(current) => (
            <div role="alert" class="rounded-md bg-critical-soft px-3 py-2 text-sm text-critical">
              <p>{current().text}</p>
              <Show when={waitMs() > 0}>
                <p class="numeric">You can try again in {formatDuration(waitMs())}.</p>
              </Show>
            </div>
          )}
        </Show>
        <Button type="submit" look="primary" busy={isBusy()} disabled={waitMs() > 0}>
          Sign in
        </Button>
      </form>
    </main>
  )
}
