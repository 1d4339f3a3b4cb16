import { createSignal } from 'solid-js'
import { createStore, type SetStoreFunction, unwrap } from 'solid-js/store'
import { config, type z } from 'zod'
import type { Issue } from '../../../shared/errors.ts'
import { describeIssues } from '../../../shared/http/describe-issues.ts'
import { ApiError } from '../api/api-error.ts'

// The content security policy forbids the code that Zod would compile.
config({ jitless: true })

type FormOptions<Values extends object, Input> = {
  initial: Values
  /** The server's own schema, and what of the form it checks. */
  schema: z.ZodType
  toInput: (values: Values) => Input
  /** Sends it. An `ApiError` that names fields shows at those fields. */
  submit: (input: Input) => Promise<unknown>
}

/**
 * A form over the server's schema. Errors show once the field was left or the form was sent, by the dotted path that both the
 * schema and the server use (`ssh.privateKey`).
 */
export const createForm = <Values extends object, Input>(options: FormOptions<Values, Input>) => {
  // What a query returns may be a store, which cannot be cloned directly.
  const initial = () => structuredClone(unwrap(options.initial))
  const [values, setValues] = createStore<Values>(initial())
  const [serverIssues, setServerIssues] = createSignal<readonly Issue[]>([])
  const [problem, setProblem] = createSignal<ApiError>()
  const [isSent, setSent] = createSignal(false)
  const [isBusy, setBusy] = createSignal(false)
  const [left, setLeft] = createSignal<ReadonlySet<string>>(new Set())

  const clientIssues = (): readonly Issue[] => {
    const parsed = options.schema.safeParse(options.toInput(values))
    return parsed.success ? [] : describeIssues(parsed.error.issues)
  }
  const issues = () => {
    const shown = clientIssues().filter(({ path }) => isSent() || left().has(path))
    return [...serverIssues(), ...shown]
  }
  const refuse = (error: ApiError) => {
    setServerIssues(error.issues)
    setProblem(error)
  }
  const changeValues = ((...path: unknown[]) => {
    setServerIssues([])
    ;(setValues as (...path: unknown[]) => void)(...path)
  }) as SetStoreFunction<Values>

  return {
    values,
    setValues: changeValues,
    isBusy,
    /** What is wrong with the field, or with one inside it. */
    error: (path: string) => issues().find((issue) => issue.path === path)?.message,
    /** What is wrong that no field shows: pass the paths of all fields on screen. */
    otherErrors: (paths: readonly string[]) => issues().filter(({ path }) => !paths.includes(path)),
    /** What the server said about the form as a whole. */
    problem,
    leave: (...paths: string[]) => setLeft((before) => new Set([...before, ...paths])),
    /** Shows what the server refused outside of `submit`. */
    refuse,
    isValid: () => clientIssues().length === 0,
    /** Back to the start, as if nothing had been entered. */
    reset: () => {
      setValues(initial())
      setServerIssues([])
      setProblem(undefined)
      setSent(false)
      setLeft(new Set<string>())
    },
    /** Checks and sends. Resolves to whether the server accepted it. */
    submit: async (event?: Event): Promise<boolean> => {
      event?.preventDefault()
      setSent(true)
      setProblem(undefined)
      if (clientIssues().length > 0) return false
      setBusy(true)
      try {
        await options.submit(options.toInput(values))
        return true
      } catch (error) {
        if (!(error instanceof ApiError)) throw error
        refuse(error)
        return false
      } finally {
        setBusy(false)
      }
    },
  }
}
